/// Makes broken and half-broken messages and streams out of good ones, the same for the same seed.
struct MessageMutator {
    private static let seeds: [[UInt8]] = {
        let plain: [String] = [
            "MSH|^~\\&|LAB|N|EHR|C|20240501||ORU^R01^ORU_R01|1|P|2.5.1\rPID|1||7^^^M&1.2&ISO^MR~8||A^B\rOBR|1|P1|F1|A^B"
                + "\rOBX|1|NM|G^Glucose^LN||5.4|mg/dL|3-6|N|||F\rNTE|1||a\\.br\\b\\F\\c\\X0D0A\\\\C2842\\\rZPI|x",
            "MSH|^~\\&#|A|B|||2024||ADT^A01|2|P|2.7\nEVN|A01\nPID|1||\"\"\nPV1|1|I\nNK1|1\n",
            "FHS|^~\\&|A\rBHS|^~\\&|B\rMSH|^~\\&|A|||||||3\rPID|1\rMSH|^~\\&|A|||||||4\rPID|2\rBTS|2\rFTS|1\r",
            "MSH$%#@!$A$$$$$$ORM%O01$5$P$2.3\r\nPID$1$$9\r\nORC$NW\r\nOBR$1$$$X%Y!Z\r\n",
            "MSH|^~\\&|A|B|||2024||ORU^R01|7|P|2.5||p1||||ISO IR87\rADD|x\rOBX|1|FT|\u{1B}$B0!\u{1B}(B\rDSC|p2|F",
            "\u{0B}MSH|^~\\&|A|||||||8\rPID|1\u{1C}\r\u{0B}MSH|^~\\&|A|||||||9\u{1C}\r",
        ]
        var seeds = plain.map(text)
        var latin = text("MSH|^~\\&|A|B|||2024||MDM^T02|6|P|2.5||||||8859/1\rTXA|1\rOBX|1|TX|")
        latin += [0xE9, 0x7C]
        latin += text("\\M2442\\0!\\C2842\\")
        seeds.append(latin)
        var wide: [UInt8] = [0xFF, 0xFE]
        for unit in "MSH|^~\\&|Ä|||||||1\rPID|1".utf16 { wide += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        seeds.append(wide)
        return seeds
    }()

    private static let tokens: [[UInt8]] = {
        let plain: [String] = [
            "\r", "\n", "\r\n", "|", "^", "~", "\\", "&", "#", "\"\"", "MSH|^~\\&|", "\rOBX|", "\rZZZ", "\rMSH",
            "BTS|9",
            "\\X", "\\X4\\", "\\XFF\\", "\\.sp+99999\\", "\\.in", "\\C2D4C\\", "\\M242844\\", "\\Z\\", " ", "\t", "é",
            "漢", "UNICODE UTF-16", "8859/5", "BIG-5", "GB 18030-2000", "\u{1B}$B", "\u{0B}", "\u{1C}", "\u{1C}\r", "\0",
        ]
        return plain.map(text) + [[0xFF], [0xC3], [0xEF, 0xBB, 0xBF], [0xFE, 0xFF]]
    }()

    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

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
        var bytes = Self.seeds[below(Self.seeds.count)]
        for _ in 0..<below(8) { mutate(&bytes) }
        return bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        switch below(8) {
        case 0, 1: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: place)
        case 2: if place < bytes.count { bytes[place] ^= 1 << UInt8(below(8)) }
        case 3: if place < bytes.count { bytes.remove(at: place) }
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + below(20)))
        case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(60))], at: below(bytes.count + 1))
        case 6: if place < bytes.count { bytes[place] = UInt8(below(256)) }
        default:
            let other = Self.seeds[below(Self.seeds.count)]
            bytes.replaceSubrange(place..<bytes.count, with: other[below(other.count)...])
        }
    }
}
