/// Passwords that are tried first: words that many use, as they are, written in digits, with years and marks behind,
/// or twice. Short ones need not be here, for they are refused anyway.
enum CommonPasswords {
    /// - Parameter password: in lower case.
    static func contains(_ password: String) -> Bool {
        // Years and marks at the ends go before digits are read as letters.
        for form in [password, undisguised(password), undisguised(core(of: password))] {
            let core = core(of: form)
            for candidate in [form, core, once(core), once(form)] where words.contains(candidate) { return true }
            // Two or three of them in a row are no better: `passwordadmin`, `welcomehospital`.
            if isChain(core) { return true }
        }
        return false
    }

    /// From the first letter to the last.
    private static func core(of text: String) -> String {
        String(text.reversed().drop { !$0.isLetter }.reversed().drop { !$0.isLetter })
    }

    /// `p@ssw0rd` as `password`.
    private static func undisguised(_ text: String) -> String {
        String(text.map { disguises[$0] ?? $0 })
    }

    private static let disguises: [Character: Character] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "|": "l",
    ]

    /// `dragondragon` as `dragon`.
    private static func once(_ text: String) -> String {
        let half = text.prefix(text.count / 2)
        return text.count.isMultiple(of: 2) && text.suffix(half.count) == half ? String(half) : text
    }

    private static func isChain(_ text: String, depth: Int = 0) -> Bool {
        guard text.count >= PasswordRules.leastLength - 4, depth < 3 else { return depth > 0 && words.contains(text) }
        for count in 4..<max(5, text.count) where words.contains(String(text.prefix(count))) {
            let rest = String(text.dropFirst(count).drop { !$0.isLetter })
            if words.contains(rest) || isChain(rest, depth: depth + 1) { return true }
        }
        return false
    }

    private static let words = Set(list.split { $0 == " " || $0 == "\n" }.map(String.init))

    private static let list = """
        0123456789 01234567890 012345678910 0987654321 1029384756 1111111111 1112223333 1122334455 11223344556
        12121212 1212121212 1231231234 12341234 1234512345 123456123456 1234567890 12345678900 12345678910 123456789a
        123456789q 12345qwert 1234qwer 1357913579 1357924680 147258369 1472583690 159357 1q2w3e 1q2w3e4r 1q2w3e4r5t
        1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 2wsx3edc 3.1415926535 3141592653 31415926535 3edc4rfv 7777777777
        8888888888 987654321 9876543210 9999999999 a123456789 a1b2c3d4 a1b2c3d4e5 aaaaaaaaaa abababab abc1234567
        abc123456789 abcd1234 abcdefghij abcdefghijk abracadabra access accountant admin admin1234567 adminadmin
        administrador administration administrator adrian advent agent aikido alabama alexander alexandra america
        american andrea andrew angel angels animal anthony anything apollo apple april aquarius arsenal asdf asdfasdf
        asdfgh asdfghjk asdfghjkl asdfghjklö asdfqwer ashley asshole august austin autumn azerty azertyuiop babygirl
        backup badboy bailey banana barcelona baseball basketball batman batterystaple beautiful bismillah blackberry
        blessed blink182 boomer boston brandon bubbles buster butterfly california camaro captain carlos caroline
        casino changeit changeme changemenow changethis charlie cheese chelsea chester chicago chicken chocolate
        christian christopher clinic clinica computer cookie correcthorse correcthorsebatterystaple corvette courtney
        cowboys crystal daddy dakota dallas daniel danielle database david december default demo demo1234 department
        destiny diamond doctor doctors dolphin donald donkey dragon dragons eagle eagles edward elephant elizabeth
        emergency england enter estrella everton everything facebook falcon family fantasy february ferrari fhir
        fhirserver firebird fitness fluffy football forever france francisco freedom friday friends frontdesk fuckyou
        gandalf garcia gateway george giants ginger golden golfer google grandma green guest guitar gunner hallo
        hammer hannah happy harley health healthcare heather hello helloworld hockey hospital hottie house hunter
        iceman ilovemyself iloveu iloveyou iloveyou2 iloveyouforever incorrect internet jackson jaguar jakarta january
        jasmine jennifer jessica jesus jesuschrist johnny jonathan jordan joseph joshua july june junior justin killer
        kitten klinik knight kontrasena kristina laboratory lakers lauren letmein letmeinnow letmeinplease liberty
        library linkedin liverpool login london lovely lover loverboy loveyou maggie manager manchester march marina
        marine martin martlet marvin master matthew maverick mercedes merlin metallica michael michelle microsoft
        midnight million minecraft mississippi mistress monday money monkey monster morgan mother mountain mustang
        mypass mypassword myspace naruto nascar natasha nathan network newpassword newyork nicholas nicole nintendo
        nirvana nopassword nothing november nurse nurses october office officer oliver opensesame operator oracle
        orange pakistan panther parola pass passphrase passw0rd passwd password password1234 passwordpassword
        passwords passwort patient patients patrick peanut pepper pharmacy phoenix physician pokemon porsche postgres
        postgresql power prince princess private purple qazwsx qazwsxedc qazwsxedcrfv qwaszx qwer1234 qwert qwerty
        qwerty12 qwerty123456 qwertyqwerty qwertyui qwertyuiop qwertyuiopasdf qwertyuiopasdfghjkl qwertz qwertzuiop
        raiders rainbow ranger rangers reception receptionist redsox registration richard robert root rootroot rosebud
        samantha samsung samurai sandra saturday scooter scorpion secret secretary secrets secure security september
        server service sesame shadow shannon siemens silver slipknot smokey snoopy soccer something sommer sophie
        spider spiderman spring starwars stephanie steven student summer sunday sunshine super superadmin superman
        supersecret superstar superuser support sydney sysadmin system temp temporary temppass temppassword tequila
        test test1234567 tester testing testtest thepassword thomas thunder thursday tiffany tigger tinkerbell toor
        topsecret toyota travel trustno1 tuesday twitter unbelievable united unknown user user1234567 username
        vacation vanessa verysecret victoria victory viking vincent virginia warrior wednesday welcome welcomehome
        whatever william windows winner winston winter wizard xavier yankees yellow yourpassword zaq12wsx zaq1zaq1
        zxcvbn zxcvbnm zxcvbnmasdfghjkl
        """
}
