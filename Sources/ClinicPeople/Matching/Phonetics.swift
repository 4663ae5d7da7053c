/// How a name sounds, roughly and across the languages that use Latin letters: names that are often written for each
/// other share a key (Meyer and Maier, Stephen and Steven, Katherine and Catharina).
enum Phonetics {
    /// The key of a folded name: lower case, without marks. Empty for a name without letters.
    static func key(_ name: [UInt8]) -> [UInt8] {
        let letters = name.filter { (0x61...0x7A).contains($0) }
        var classes: [UInt8] = []
        var position = 0
        while position < letters.count {
            let (sound, length) = sound(letters, position)
            position += length
            guard let sound else { continue }
            if classes.last != sound { classes.append(sound) }
        }
        guard let first = classes.first else { return [] }
        // Vowels count where a name begins with one; elsewhere writers disagree on them.
        return [first] + classes.dropFirst().filter { $0 != vowel }
    }

    private static let vowel = UInt8(ascii: "A")

    /// The sound of the letters from a position on, and how many letters it takes; nil for a silent one.
    private static func sound(_ letters: [UInt8], _ position: Int) -> (UInt8?, Int) {
        func at(_ offset: Int) -> UInt8 { position + offset < letters.count ? letters[position + offset] : 0 }
        let next = at(1)
        switch letters[position] {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"),
            UInt8(ascii: "y"), UInt8(ascii: "j"):
            return (vowel, 1)
        case UInt8(ascii: "b"), UInt8(ascii: "p"):
            return next == UInt8(ascii: "h") ? (UInt8(ascii: "F"), 2) : (UInt8(ascii: "P"), 1)
        case UInt8(ascii: "f"), UInt8(ascii: "v"), UInt8(ascii: "w"): return (UInt8(ascii: "F"), 1)
        case UInt8(ascii: "d"), UInt8(ascii: "t"):
            return (UInt8(ascii: "T"), next == UInt8(ascii: "h") ? 2 : 1)
        case UInt8(ascii: "s"):
            if next == UInt8(ascii: "c"), at(2) == UInt8(ascii: "h") { return (UInt8(ascii: "S"), 3) }
            return (UInt8(ascii: "S"), next == UInt8(ascii: "h") ? 2 : 1)
        case UInt8(ascii: "z"), UInt8(ascii: "x"): return (UInt8(ascii: "S"), 1)
        case UInt8(ascii: "c"):
            if next == UInt8(ascii: "h") { return (UInt8(ascii: "K"), 2) }
            if next == UInt8(ascii: "k") { return (UInt8(ascii: "K"), 2) }
            let isSoft = next == UInt8(ascii: "e") || next == UInt8(ascii: "i") || next == UInt8(ascii: "y")
            return (isSoft ? UInt8(ascii: "S") : UInt8(ascii: "K"), 1)
        case UInt8(ascii: "g"), UInt8(ascii: "k"), UInt8(ascii: "q"):
            return (UInt8(ascii: "K"), next == UInt8(ascii: "h") ? 2 : 1)
        case UInt8(ascii: "l"): return (UInt8(ascii: "L"), 1)
        case UInt8(ascii: "m"), UInt8(ascii: "n"): return (UInt8(ascii: "N"), 1)
        case UInt8(ascii: "r"): return (UInt8(ascii: "R"), next == UInt8(ascii: "h") ? 2 : 1)
        default: return (nil, 1)
        }
    }
}
