import FoundationEssentials
import Glibc
import HL7Syntax

/// The v2 messages of files named on the command line.
enum MessageFiles {
    /// All messages of the files in order; `-` is stdin, folders stand for the files in them. A file may hold several
    /// messages, with or without batch envelopes, and frames of MLLP around them.
    static func messages(_ paths: [String]) throws -> [[UInt8]] {
        try paths.flatMap { path -> [[UInt8]] in
            if path == "-" { return split(standardInput()) }
            return try InputFiles.expand([path], extensions: ["hl7", "txt", "er7", "msg"]).flatMap { file in
                split([UInt8](try Data(contentsOf: URL(filePath: file))))
            }
        }
    }

    /// What cannot be split stays as it is: broken messages are worth sending, too.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var decoder = MLLPFrameDecoder(frameByteLimit: bytes.count)
        let frames = decoder.receive(bytes).compactMap { event -> [UInt8]? in
            if case .frame(let bytes, _) = event { bytes } else { nil }
        }
        return (frames.isEmpty ? [bytes] : frames).flatMap { text in
            (try? MessageBatch(splitting: text).messages) ?? [text]
        }
    }

    private static func standardInput() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(STDIN_FILENO, &buffer, buffer.count), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}
