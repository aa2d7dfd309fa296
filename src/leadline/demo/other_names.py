"""Names of people and companies in scripts other than Latin."""

from leadline.demo.culture import list_culture

OTHER_CULTURES = (
    list_culture(
        6,
        "Γιώργος/giorgos, Ελένη/eleni, Νίκος/nikos, Αικατερίνη/aikaterini, Δημήτρης/dimitris, Σοφία/sofia",
        "Παπαδόπουλος/papadopoulos, Οικονόμου/oikonomou, Καραγιάννης/karagiannis, Αγγελοπούλου/angelopoulou, "
        "Βασιλείου/vasileiou",
        "Ελαιώνες Καλαμάτας Α.Ε./elaiones, Ναυτιλιακή Αιγαίου/nautiliaki-aigaiou, Φούρνος Οικονόμου/fournos, "
        "Αφοί * Ο.Ε./afoi-*, Κτήμα */ktima-*",
    ),
    list_culture(
        9,
        "Олександр/oleksandr, Наталія/nataliia, Іван/ivan, Ольга/olha, Дмитрий/dmitry, Светлана/svetlana, "
        "Ђорђе/djordje, Цветана/tsvetana, Алёна/alyona",
        "Шевченко/shevchenko, Коваленко/kovalenko, Щербакова/shcherbakova, Петровић/petrovic, Димитров/dimitrov, "
        "Мельник/melnyk, Соловьёв/solovyov, Їжак/yizhak",
        "ТОВ «Світанок»/svitanok, Завод «Прогрес»/progres, Пекара Петровић/petrovic, "
        "Софийски мебели ООД/sofia-mebeli, ООО «Северный ветер»/severny-veter, Аптека */apteka-*, "
        "* и партнёры/*-partners",
    ),
    list_culture(
        8,
        "محمد/mohammed, فاطمة/fatima, يوسف/youssef, ليلى/layla, خالد/khaled, نور/nour, عبد الرحمن/abdulrahman, "
        "زينب/zainab",
        "الحداد/alhaddad, المنصوري/almansouri, بن علي/benali, الزهراني/alzahrani, خوري/khoury, النجار/alnajjar, "
        "شاهين/shaheen",
        "شركة النخيل للتجارة/alnakheel, مخابز الشام/sham-bakeries, "
        "مجموعة الخليج للشحن واللوجستيات ذ.م.م/gulf-shipping, مكتب * للمحاماة/*-law, أثاث */furniture-*, "
        "صيدلية */pharmacy-*",
    ),
    list_culture(
        5,
        "נועה/noa, יצחק/yitzhak, שירה/shira, אבישי/avishai, תמר/tamar, אורי/uri",
        "לוי/levi, בן־דוד/bendavid, פרידמן/friedman, אבוטבול/abutbul, שפירא/shapira",
        "מאפיית הגליל בע״מ/galil-bakery, דקל מערכות/dekel, קול הנגב הפקות/kol-hanegev, * ובניו/*-sons, "
        "משרד עורכי דין */*-law",
    ),
    list_culture(
        8,
        "प्रिया/priya, राजेश/rajesh, सुनीता/sunita, अर्जुन/arjun, कृष्णमूर्ति/krishnamurthy, मीनाक्षी/meenakshi, विक्रम/vikram",
        "शर्मा/sharma, पाटील/patil, चतुर्वेदी/chaturvedi, गुप्ता/gupta, श्रीवास्तव/shrivastava, देशमुख/deshmukh",
        "गंगा हस्तशिल्प प्रा. लि./ganga-crafts, शर्मा मिष्ठान भंडार/sharma-sweets, हिमालय यात्रा/himalaya-yatra, "
        "* एंड संस/*-sons, * ट्रेडर्स/*-traders",
    ),
    list_culture(
        9,
        "伟/wei, 秀英/xiuying, 建国/jianguo, 思雨/siyu, 子轩/zixuan, 怡君/yijun, 志明/zhiming, 晓彤/xiaotong",
        "王/wang, 李/li, 张/zhang, 欧阳/ouyang, 陳/chen, 林/lin, 司马/sima, 黄/huang",
        "青岛海风贸易有限公司/haifeng, 台灣綠茶股份有限公司/taiwan-lvcha, 明月出版社/mingyue, "
        "深圳市星火智能科技发展有限公司/xinghuo, *氏茶业/*-tea, *记餐饮/*-food, *建筑设计/*-design",
    ),
    list_culture(
        9,
        "陽子/yoko, 健太郎/kentaro, さくら/sakura, 翔太/shota, ひかり/hikari, 美咲/misaki, エリカ/erika, "
        "龍之介/ryunosuke",
        "佐藤/sato, 鈴木/suzuki, 高橋/takahashi, 渡邊/watanabe, 小鳥遊/takanashi, 長谷川/hasegawa, 斎藤/saito",
        "株式会社サクラ電機/sakura-denki, 渡邊酒造/watanabe-sake, 有限会社やまびこ印刷/yamabiko, "
        "北海道メディカルサービス株式会社/hokkaido-medical, *商店/*-shoten, *工務店/*-koumuten, "
        "*製作所/*-seisakusho",
    ),
    list_culture(
        7,
        "지민/jimin, 서연/seoyeon, 민준/minjun, 하은/haeun, 도윤/doyun, 수진/sujin",
        "김/kim, 이/lee, 박/park, 최/choi, 남궁/namgung, 황보/hwangbo",
        "주식회사 한빛소프트웨어/hanbit, 서울푸드/seoulfood, 푸른바다 물류/pureunbada, * 법률사무소/*-law, "
        "* 베이커리/*-bakery",
    ),
    list_culture(
        5,
        "สมชาย/somchai, กมลชนก/kamonchanok, ปิยะ/piya, วรรณา/wanna, ณัฐพงษ์/natthaphong",
        "ศรีสุวรรณ/srisuwan, วงศ์สวัสดิ์/wongsawat, แก้วใส/kaewsai, เทพประสิทธิ์/thepprasit",
        "บริษัท ไทยผลไม้ จำกัด/thai-fruits, โรงแรมริมน้ำ/rimnam-hotel, "
        "ห้างหุ้นส่วนจำกัด รุ่งเรืองการช่าง/rungruang, ร้าน */shop-*, *การพิมพ์/*-print",
    ),
    list_culture(
        3,
        "გიორგი/giorgi, ნინო/nino, Անահիտ/anahit, Տիգրան/tigran, ሰላማዊት/selamawit, አበበ/abebe, "
        "தமிழ்ச்செல்வி/tamilselvi, রবীন্দ্র/rabindra",
        "ბერიძე/beridze, Պետրոսյան/petrosyan, ተስፋዬ/tesfaye, முருகன்/murugan, চট্টোপাধ্যায়/chattopadhyay",
        "შპს ვაზი/vazi, Արարատ ՍՊԸ/ararat, ቡና ላኪዎች/buna-exporters",
    ),
)
