/// Names and places of the people of the synthetic clinic, by culture.
struct Culture: Sendable {
    var families: [String]
    var women: [String]
    var men: [String]
    var cities: [(city: String, postalCode: String)]
    var streets: [String]
    /// ISO 3166 code of the address.
    var country: String
    /// BCP 47 code of the preferred language.
    var language: String
    var phonePrefix: String

    static let all: [Culture] = [
        Culture(
            families: ["Müller", "Schäfer", "Weiß", "Köhler", "Großmann", "Jäger", "Krüger", "Böhm"],
            women: ["Anna", "Käthe", "Sabine", "Ulrike", "Zoë"],
            men: ["Jörg", "Günther", "Lukas", "Björn", "Matthias", "Emil"],
            cities: [("München", "80331"), ("Köln", "50667"), ("Lübeck", "23552")],
            streets: ["Lindenstraße", "Am Mühlbach", "Goethestraße"], country: "DE", language: "de",
            phonePrefix: "+49 30 "),
        Culture(
            families: ["O'Brien", "Smith", "Taylor", "Evans", "MacLeod", "Hughes", "Walker-Reid", "Clarke"],
            women: ["Emily", "Siobhán", "Grace", "Olivia", "Charlotte", "Niamh"],
            men: ["Jack", "Oliver", "Seán", "Harry", "George", "Callum"],
            cities: [("Leeds", "LS1 4AP"), ("Cardiff", "CF10 1EP"), ("Aberdeen", "AB10 1AQ")],
            streets: ["High Street", "Station Road", "Mill Lane"], country: "GB", language: "en",
            phonePrefix: "+44 20 "),
        Culture(
            families: ["Lefèvre", "Bénard", "François", "Moreau", "D'Étang", "Guérin", "Noël", "Lacaze"],
            women: ["Chloé", "Inès", "Zélie", "Françoise", "Océane", "Maëlle"],
            men: ["Jérôme", "Loïc", "Étienne", "Hugo", "René", "Gaël"],
            cities: [("Orléans", "45000"), ("Béziers", "34500"), ("Nîmes", "30000")],
            streets: ["Rue de l'Église", "Avenue Foch", "Allée des Tilleuls"], country: "FR", language: "fr",
            phonePrefix: "+33 1 "),
        Culture(
            families: ["Núñez García", "Ibáñez", "Muñoz", "Peña López", "Zurbarán", "Gómez", "Ávila", "Sáez"],
            women: ["María José", "Begoña", "Lucía", "Inés", "Sofía", "Ángeles"],
            men: ["José", "Íñigo", "Álvaro", "Martín", "Raúl", "Joaquín"],
            cities: [("A Coruña", "15001"), ("Cádiz", "11001"), ("León", "24001")],
            streets: ["Calle Mayor", "Paseo de la Estación", "Avenida de España"], country: "ES", language: "es",
            phonePrefix: "+34 91 "),
        Culture(
            families: ["Wiśniewski", "Żak", "Łukaszewicz", "Dąbrowski", "Wójcik", "Szczęsny", "Król", "Świątek"],
            women: ["Małgorzata", "Agnieszka", "Zofia", "Łucja", "Elżbieta", "Bożena"],
            men: ["Paweł", "Michał", "Stanisław", "Rafał", "Krzysztof", "Łukasz"],
            cities: [("Łódź", "90-001"), ("Kraków", "30-001"), ("Wrocław", "50-001")],
            streets: ["ul. Długa", "ul. Świętojańska", "ul. Kościuszki"], country: "PL", language: "pl",
            phonePrefix: "+48 22 "),
        Culture(
            families: ["Çelik", "Yılmaz", "Şahin", "Öztürk", "Güneş", "Kılıç", "Aydın", "Doğan"],
            women: ["Ayşe", "Gülşen", "Elif", "Özlem", "Zeynep", "Şule"],
            men: ["Mehmet", "Çağrı", "Ömer", "İsmail", "Uğur", "Emre"],
            cities: [("İstanbul", "34000"), ("Eskişehir", "26000"), ("Muğla", "48000")],
            streets: ["Atatürk Caddesi", "İnönü Sokak", "Çiçek Sokak"], country: "TR", language: "tr",
            phonePrefix: "+90 212 "),
        Culture(
            families: ["Åkesson", "Sjöberg", "Nygård", "Østergaard", "Mäkinen", "Þórsson", "Bjørnstad", "Håkansson"],
            women: ["Åsa", "Märta", "Sølvi", "Björk", "Freja", "Päivi"],
            men: ["Håkon", "Göran", "Søren", "Jón", "Mikko", "Bjørn"],
            cities: [("Malmö", "211 20"), ("Växjö", "352 30"), ("Umeå", "903 26")],
            streets: ["Storgatan", "Kyrkvägen", "Ängsgatan"], country: "SE", language: "sv",
            phonePrefix: "+46 8 "),
        Culture(
            families: ["Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Đặng", "Bùi", "Đỗ"],
            women: ["Thị Hương", "Ngọc Ánh", "Thu Hà", "Mỹ Linh", "Thúy", "Yến"],
            men: ["Văn Đức", "Minh Tuấn", "Quốc Bảo", "Hữu Phước", "Tiến", "Việt"],
            cities: [("Hà Nội", "100000"), ("Đà Nẵng", "550000"), ("Huế", "530000")],
            streets: ["Phố Huế", "Đường Lê Lợi", "Đường Trần Phú"], country: "VN", language: "vi",
            phonePrefix: "+84 24 "),
        Culture(
            families: ["Иванова", "Шевченко", "Кузнецов", "Щербак", "Ткаченко", "Соловей", "Ёлкин", "Їжак"],
            women: ["Ольга", "Наталія", "Светлана", "Марія", "Екатерина", "Юлія"],
            men: ["Олександр", "Сергей", "Андрій", "Дмитрий", "Юрій", "Пётр"],
            cities: [("Київ", "01001"), ("Львів", "79000"), ("Одеса", "65000")],
            streets: ["вулиця Франка", "вулиця Лесі Українки", "проспект Миру"], country: "UA", language: "uk",
            phonePrefix: "+380 44 "),
        Culture(
            families: ["Sharma", "Patel", "Iyer", "Chaudhary", "Banerjee", "Reddy", "Kaur", "Menon"],
            women: ["Ananya", "Priya", "Lakshmi", "Meera", "Kavita", "Aishwarya"],
            men: ["Arjun", "Rohan", "Vikram", "Suresh", "Imran", "Aditya"],
            cities: [("Pune", "411001"), ("Kochi", "682001"), ("Jaipur", "302001")],
            streets: ["M.G. Road", "Station Road", "Gandhi Nagar"], country: "IN", language: "en-IN",
            phonePrefix: "+91 20 "),
    ]
}
