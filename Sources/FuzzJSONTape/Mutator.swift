/// Makes broken and half-broken JSON out of good JSON, the same for the same seed.
struct Mutator {
    private static let seeds: [String] = [
        #"{"resourceType":"Observation","id":"a-1","status":"final","valueQuantity":{"value":1.50,"unit":"mmol\/L"}}"#,
        #"{"name":[{"family":"Çelik","given":["Zoë",null]}],"_birthDate":{"extension":[{"url":"x","valueCode":"y"}]}}"#,
        #"[0,-0,1.0,1e5,1E-7,-12.50e+3,12345678901234567890,true,false,null,"",{},[],[[[[]]]]]"#,
        #"{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00","\u0061b":1,"ab ":"é€😀"}"#,
        #" { "k1" : 1 , "k2" : [ 1 , 2 ] , "k3" : { "k1" : "v" } } "#,
        "{" + (0..<40).map { "\"key\($0)\":\($0)" }.joined(separator: ",") + "}",
    ]
    private static let tokens: [String] = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\u0000", "null", "true", "false", "0",
        "-", ".", "e", "+", "1", "9", " ", "\n", "\t", "\"a\":", "\"a\"", "é", "€", "😀", "\u{0}", "\u{1F}", "\u{7F}",
    ]
    private static let bytes: [UInt8] = [
        0x00, 0x1F, 0x20, 0x22, 0x5C, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xF0, 0xF4, 0xFF,
    ]

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { bound <= 0 ? 0 : Int(next() % UInt64(bound)) }

    mutating func input() -> [UInt8] {
        var text = Array(Self.seeds[below(Self.seeds.count)].utf8)
        for _ in 0..<below(6) { mutate(&text) }
        return text
    }

    private mutating func mutate(_ text: inout [UInt8]) {
        let place = below(text.count + 1)
        switch below(8) {
        case 0: text.insert(contentsOf: Array(Self.tokens[below(Self.tokens.count)].utf8), at: place)
        case 1: text.insert(Self.bytes[below(Self.bytes.count)], at: place)
        case 2: if place < text.count { text[place] ^= 1 << UInt8(below(8)) }
        case 3: if place < text.count { text.remove(at: place) }
        case 4: text.removeSubrange(place..<min(text.count, place + below(20)))
        case 5: text.removeLast(text.count - place)
        case 6: text.insert(contentsOf: text[place..<min(text.count, place + below(40))], at: below(text.count + 1))
        default:
            let other = Array(Self.seeds[below(Self.seeds.count)].utf8)
            text.replaceSubrange(place..<text.count, with: other[below(other.count)...])
        }
    }
}
