"""Names of people and companies in Latin letters. The phone numbers are those that regulators keep for fiction:
NANPA (555-01xx), Ofcom, Bundesnetzagentur, Arcep and PTS."""

from leadline.demo.culture import list_culture

LATIN_CULTURES = (
    list_culture(
        22,
        "Grace, Oliver, Harriet, Marcus, Imogen, Theodore, Naomi, Callum, Beatrice, Desmond, Rosalind, Jasper, "
        "Winifred, Malik, Siân/sian, Zoë/zoe",
        "Whitfield, Abara, Kingsley, Ó Briain/obriain, Pemberton, Hughes, MacAllister, Thorne, Ashworth, Osei, "
        "Bellamy, Featherstonehaugh, Clarke-Williams, Quigley, Sutton, Lovelace",
        "Harbour & Finch Ltd/harbourfinch, Northgate Bakery/northgatebakery, Pennine Tool Hire/penninetoolhire, "
        "Copper Kettle Roasters/copperkettle, Ridgeway Veterinary Group/ridgewayvets, "
        "Tidewater Analytics/tidewater, "
        "The Worshipful Society of Marine Surveyors and Allied Shipping Inspectors (North Sea) Ltd/marinesurveyors, "
        "Larkspur Homes/larkspurhomes, Bramble Digital/brambledigital, Castlegate Law LLP/castlegate, "
        "* & Daughters/*-daughters, * Plumbing and Heating/*-plumbing",
        ("+44 20 7946 0###", "+44 161 496 0###", "0117 496 0###", "07700 900###", "+44 7700 900###"),
    ),
    list_culture(
        20,
        "Ava, Ethan, Savannah, Tyrone, Madison, Hunter, Latoya, Brooke, Wyatt, Autumn, Darnell, Paige, Colton, "
        "Jada, Skyler, Renée/renee",
        "Carter, Jefferson, Brooks, Nakamura, McKinley, Washington, Delgado, Hoffman, Tran, Redhawk, Sullivan, "
        "Van Dyke/vandyke, Goldberg, Baptiste, Patterson, Nguyen",
        "Blue Mesa Outfitters/bluemesa, Cedar Rapids Dental/cedarrapidsdental, Ironwood Logistics/ironwood, "
        "Prairie Wind Energy/prairiewind, Sunbelt HVAC Services Inc./sunbelthvac, "
        "Great Lakes Cold Storage and Refrigerated Transport Cooperative Inc./greatlakescold, "
        "Juniper Street Studio/juniperstreet, Halcyon Health/halcyonhealth, Quarter Moon Press/quartermoon, "
        "Bayou Freight/bayoufreight, * Realty/*-realty, * Brothers Construction/*-construction",
        ("+1 (503) 555-01##", "+1-212-555-01##", "(312) 555-01##", "+1 720-555-01##", "+1 416-555-01##"),
    ),
    list_culture(
        14,
        "Jürgen/juergen, Käthe/kaethe, Björn/bjoern, Anneliese, Götz/goetz, Ilse, Matthias, Sabine, Thorsten, "
        "Ursula, Felix, Mareike",
        "Müller/mueller, Schröder/schroeder, Groß/gross, Weiß/weiss, Lindemann, Köhler/koehler, "
        "von der Heyde/vonderheyde, Bäcker/baecker, Krüger/krueger, Hofstätter/hofstaetter, Zimmermann, "
        "Öztürk/oeztuerk",
        "Nordlicht Optik GmbH/nordlicht-optik, Gebrüder Kästner Maschinenbau GmbH & Co. KG/kaestner, "
        "Grünwald Pumpen AG/gruenwald-pumpen, Bäckerei Süß/baeckerei-suess, "
        "Vereinigte Schraubenwerke Oberfranken Gesellschaft mit beschränkter Haftung & Co. KG/schraubenwerke, "
        "Alpenblick Hotels/alpenblick, Hafencity Medien/hafencity-medien, * & Söhne OHG/*-soehne, "
        "Weingut */weingut-*, Spedition * GmbH/spedition-*",
        ("+49 30 23125 ###", "030 23125 ###", "+49 69 90009 ###", "040 66969 ###", "+49 89 99998 ###"),
    ),
    list_culture(
        12,
        "Amélie/amelie, Benoît/benoit, Chloé/chloe, François/francois, Gaëlle/gaelle, Hervé/herve, "
        "Océane/oceane, Théo/theo, Léa/lea, Aïcha/aicha, Jérôme/jerome, Anaïs/anais",
        "Lefèvre/lefevre, Béranger/beranger, D’Aubigné/daubigne, Rousseau, Guérin/guerin, N’Diaye/ndiaye, "
        "Lemaître/lemaitre, Château/chateau, Moreau, Benâtre/benatre, Garçon/garcon, Le Goff/legoff",
        "Café Lumière/cafe-lumiere, Ateliers Béranger SARL/beranger, Énergies du Léman/energies-leman, "
        "La Fabrique à Idées/fabrique-idees, "
        "Société Générale de Menuiserie Ébénisterie et Agencement du Sud-Ouest et des Pyrénées SAS/menuiserie-so, "
        "Vins Garçon & Fils/vins-garcon, Maison */maison-*, Cabinet * et Associés/cabinet-*, * Frères/*-freres",
        ("+33 1 99 00 ## ##", "02 61 91 ## ##", "+33 6 39 98 ## ##", "04 65 71 ## ##"),
    ),
    list_culture(
        12,
        "Íñigo/inigo, Lucía/lucia, José María/josemaria, Begoña/begona, Ángel/angel, Ximena, Joaquín/joaquin, "
        "Guadalupe, Raúl/raul, Itziar, Nicolás/nicolas, Inés/ines",
        "Muñoz/munoz, García Márquez/garciamarquez, Ibáñez/ibanez, Peña/pena, Etxeberria, Núñez/nunez, "
        "de la Cruz/delacruz, Güell/guell, Quispe, Rodríguez Zapatero/rodriguezz, Vázquez/vazquez, "
        "Cárdenas/cardenas",
        "Aceites Peña S.L./aceites-pena, Construcciones Núñez Hermanos/nunez-hnos, "
        "Clínica Ibáñez/clinica-ibanez, Textiles Andinos S.A.C./textiles-andinos, "
        "Cooperativa Cafetalera La Montaña/la-montana, Editorial Güell/editorial-guell, "
        "Transportes * S.A./transportes-*, Hijos de */hijos-de-*, Farmacia */farmacia-*",
    ),
    list_culture(
        8,
        "João/joao, Conceição/conceicao, Inês/ines, Antônio/antonio, Tainá/taina, Luís/luis, Débora/debora, Caetano",
        "Gonçalves/goncalves, Magalhães/magalhaes, Araújo/araujo, Simões/simoes, Assunção/assuncao, "
        "Leitão/leitao, Nóbrega/nobrega, Conceição/conceicao",
        "Padaria São João/padaria-sao-joao, Magalhães Logística Ltda./magalhaes, "
        "Cervejaria Três Irmãos/tres-irmaos, Cortiças do Alentejo/corticas, * & Filhos Lda./*-filhos, "
        "Mercado */mercado-*",
    ),
    list_culture(
        8,
        "Niccolò/niccolo, Chiara, Gianfranco, Mariù/mariu, Ettore, Ludovica, Giosuè/giosue, Fiamma",
        "Bianchi, De Luca/deluca, Calò/calo, Forlì/forli, D’Angelo/dangelo, Pirandello, Cantù/cantu, "
        "Lo Monaco/lomonaco",
        "Pastificio Calò S.r.l./pastificio-calo, Officine Cantù S.p.A./officine-cantu, "
        "Ceramiche D’Angelo/ceramiche-dangelo, Studio Forlì/studio-forli, Fratelli */fratelli-*, "
        "Cantina */cantina-*",
    ),
    list_culture(
        9,
        "Åsa/asa, Søren/soren, Þórdís/thordis, Bjørn/bjorn, Ingrid, Mårten/marten, Aino, Jóhannes/johannes, "
        "Kåre/kare, Väinö/vaino",
        "Ångström/angstrom, Østergaard/ostergaard, Guðmundsdóttir/gudmundsdottir, Håkansson/hakansson, "
        "Mäkelä/makela, Bjørnstad/bjornstad, Sjöberg/sjoberg, Æbelø/aebelo, Virtanen, Lindqvist",
        "Ångström Instrument AB/angstrom, Østergaard Møbler ApS/ostergaard, Fjällräv Sport/fjallrav, "
        "Mäkelä Oy/makela, Norðurljós ehf./nordurljos, * Consulting AB/*-consulting, * Fisk/*-fisk",
        ("+46 8 465 004 ##", "031-390 06 ##", "+46 70 174 06 9#"),
    ),
    list_culture(
        9,
        "Zbigniew, Małgorzata/malgorzata, Łukasz/lukasz, Agnieszka, Jiří/jiri, Božena/bozena, Šárka/sarka, "
        "László/laszlo, Erzsébet/erzsebet, Željko/zeljko, Ștefan/stefan, Ioana",
        "Brzęczyszczykiewicz/brzeczyszczykiewicz, Wałęsa/walesa, Dvořák/dvorak, Příhoda/prihoda, Kovács/kovacs, "
        "Szűcs/szucs, Đorđević/djordjevic, Čapek/capek, Țepeș/tepes, Wiśniewska/wisniewska",
        "Piekarnia Źródło sp. z o.o./zrodlo, Dvořák Strojírny a.s./dvorak-strojirny, Szűcs és Társa Kft./szucs, "
        "Želva Softver d.o.o./zelva, Łódzkie Zakłady Włókiennicze S.A./lodzkie-zaklady, * i Synowie/*-i-synowie, "
        "* Autóház/*-autohaz, Pekárna */pekarna-*",
    ),
    list_culture(
        6,
        "Çağla/cagla, Gökhan/gokhan, Işıl/isil, Şebnem/sebnem, Yiğit/yigit, Ömer/omer, İpek/ipek, Uğur/ugur",
        "Yıldız/yildiz, Çelik/celik, Gündoğdu/gundogdu, Şahin/sahin, Özdemir/ozdemir, Aydın/aydin, Kılıç/kilic, "
        "Türkoğlu/turkoglu",
        "Yıldız Tekstil A.Ş./yildiz-tekstil, Gündoğdu Gıda San. ve Tic. Ltd. Şti./gundogdu, Işık Mimarlık/isik, "
        "* Kardeşler/*-kardesler, * Turizm/*-turizm",
    ),
    list_culture(
        6,
        "Thị Hương/huong, Văn Đức/duc, Ngọc Ánh/anh, Minh Tuấn/tuan, Bảo Trân/tran, Quốc Việt/viet",
        "Nguyễn/nguyen, Trần/tran, Phạm/pham, Đặng/dang, Võ/vo, Huỳnh/huynh",
        "Công ty TNHH Gốm Bát Tràng/gom-bat-trang, Cà phê Phố Cổ/pho-co, Vận tải Đông Á/dong-a, "
        "Nhà hàng */nha-hang-*",
    ),
    list_culture(
        8,
        "Adébáyọ̀/adebayo, Chiamaka, Nkechi, Olúṣẹ́gun/olusegun, Wanjikũ/wanjiku, Thandiwe, Kwabena, Amina, "
        "Sipho, Ngozi",
        "Adéyẹmí/adeyemi, Okonkwo, Mũthoni/muthoni, Dlamini, Mensah, Ọbasànjọ́/obasanjo, Traoré/traore, Nkosi, "
        "Kamau, Achebe",
        "Ọjà Tuntun Stores/oja-tuntun, Rift Valley Tea Growers/riftvalleytea, "
        "Ubuntu Solar (Pty) Ltd/ubuntu-solar, Kente House/kentehouse, * Farms/*-farms, "
        "* & Co. Chambers/*-chambers",
    ),
)
