/// The kinds of files that documents may be, told by their first bytes.
enum FileKind: String, CaseIterable, Sendable {
    case pdf = "application/pdf"
    case jpeg = "image/jpeg"
    case png = "image/png"
    case gif = "image/gif"
    case tiff = "image/tiff"
    case webp = "image/webp"
    case bitmap = "image/bmp"
    case dicom = "application/dicom"
    case word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case rtf = "application/rtf"
    case mp4 = "video/mp4"
    case plain = "text/plain"
    case csv = "text/csv"
    case xml = "application/xml"
    case clinicalDocument = "application/hl7-cda+xml"

    /// The kind that a `contentType` names, without its parameters; nil for one that is not taken.
    init?(contentType: String) {
        let bare = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        switch bare {
        case "image/jpg", "image/pjpeg": self = .jpeg
        case "text/xml": self = .xml
        case "text/rtf": self = .rtf
        case "image/x-ms-bmp": self = .bitmap
        default: self.init(rawValue: bare)
        }
    }

    /// Whether the content begins as files of this kind do.
    func matches(_ bytes: [UInt8]) -> Bool {
        func starts(_ text: String, at offset: Int = 0) -> Bool { bytes.dropFirst(offset).starts(with: text.utf8) }
        switch self {
        // PDF 1.7 Appendix H.3.4.1: the header may come within the first 1,024 bytes.
        case .pdf: return Self.contains(Array("%PDF-".utf8), in: bytes.prefix(1024))
        case .jpeg: return bytes.starts(with: [0xFF, 0xD8, 0xFF])
        case .png: return bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        case .gif: return starts("GIF87a") || starts("GIF89a")
        case .tiff: return bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
        case .webp: return starts("RIFF") && starts("WEBP", at: 8)
        case .bitmap: return starts("BM")
        case .dicom: return starts("DICM", at: 128)
        case .word, .sheet: return bytes.starts(with: [0x50, 0x4B, 0x03, 0x04])
        case .rtf: return starts(#"{\rtf"#)
        case .mp4: return starts("ftyp", at: 4)
        case .plain, .csv: return Self.isText(bytes) && !Self.isKnownOtherwise(bytes)
        case .xml, .clinicalDocument:
            let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
            return Self.isText(bytes) && text.first { $0 > 0x20 } == UInt8(ascii: "<")
        }
    }

    /// Programs and scripts are never documents, and what scanners are tested with is what they would find.
    static func isHarmful(_ bytes: [UInt8]) -> Bool {
        let isProgram =
            bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) || bytes.starts(with: [0xCF, 0xFA, 0xED, 0xFE])
            || bytes.starts(with: "#!".utf8)
        // A program for Windows has at 0x3C where its own header is.
        let isWindows = bytes.starts(with: "MZ".utf8) && bytes.count > 0x40
        return isProgram || isWindows || contains(scannerTest, in: bytes.prefix(128))
    }

    /// https://www.eicar.org/download-anti-malware-testfile: harmless, and reported by every scanner. Kept in two
    /// parts, so that no scanner reports this program.
    private static let scannerTest =
        Array(#"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"#.utf8)
        + Array("ANTIVIRUS-TEST-FILE!".utf8)

    /// UTF-8 without control characters.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
            && !bytes.contains { $0 < 0x09 || (0x0E..<0x20).contains($0) || $0 == 0x7F }
    }

    private static func isKnownOtherwise(_ bytes: [UInt8]) -> Bool {
        [FileKind.pdf, .rtf, .gif].contains { $0.matches(bytes) }
    }

    private static func contains(_ part: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= part.count, let first = part.first else { return false }
        return bytes.indices.dropLast(part.count - 1).contains { bytes[$0] == first && bytes[$0...].starts(with: part) }
    }
}
