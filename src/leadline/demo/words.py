"""Words of the demo: what visitors ask, what sellers note, and what deals and companies are about."""

QUESTIONS = (
    "Could you send a price list for 20 users?",
    "We outgrew our spreadsheet. How long does it take to get started?",
    "Please call me back after 3 pm.",
    "Do you offer a discount for non-profits?",
    "Bonjour, pourriez-vous nous envoyer une brochure en français ?",
    "Wir suchen eine Lösung für drei Standorte. Können Sie uns ein Angebot machen?",
    "¿Tienen un distribuidor en Lima?",
    "資料を送っていただけますか。",
    "أرجو التواصل معي بخصوص الأسعار",
    "Is there a trial?\nWe would like to test with two teams first.",
)
CALL_NOTES = (
    "Nobody answered; left a message.",
    "Good call. Budget is there, decision in the next quarter.",
    "Wants a demo with the head of operations.",
    "Spoke to the assistant; back from holiday on Monday.",
    "Met at the fair, took two brochures and our last pen.",
    "Asked for references from the same industry.",
    "Uses a competitor until the contract ends in spring.",
    "Sent the offer by e-mail, call again on Thursday.",
    "Very interested, but the purchasing department is slow.",
    "Line was bad, speaks French and a little English.",
)
CLOSING_NOTES = {
    "lost": (
        "Went with a cheaper offer.",
        "No budget this year.",
        "Project was stopped by the board.",
        "No answer to five calls and three e-mails.",
    ),
    "unqualified": (
        "Student, writes a thesis about us.",
        "Wants to sell something to us.",
        "Too small for what we do.",
        "Looks like spam.",
    ),
    "nurturing": ("Not before next year; keep in touch.", "Send the newsletter, call after the summer."),
}
FAIRS = (
    "Hannover trade fair",
    "Expo Lisbon",
    "Nordic Retail Days",
    "Osaka Industry Week",
    "Lagos Business Forum",
    "Partner list of Meridian Consulting",
    "Partner list of Kontor Süd",
)
PRODUCTS = (
    "starter package",
    "annual licence",
    "rollout in three branches",
    "renewal",
    "pilot for one team",
    "maintenance contract",
    "training days",
    "replacement of the old system",
)
INDUSTRIES = (
    "Manufacturing",
    "Food & beverage",
    "Logistics",
    "Health care",
    "Retail",
    "Construction",
    "Hospitality",
    "Publishing",
    "Energy",
    "Software",
)
COMPANY_SIZES = ("1-10", "11-50", "51-200", "201-1000", "1000+")
TAGS = ("key account", "reseller", "non-profit", "pilot", "slow payer", "reference", "export")
TITLES = (
    "Managing director",
    "Head of operations",
    "Purchasing manager",
    "Office manager",
    "Owner",
    "CTO",
    "Directrice commerciale",
    "Vertriebsleiter",
    "部長",
)
