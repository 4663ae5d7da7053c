import Foundation

/// Programs of others that read what we print, where they are installed.
enum OutsideReader {
    /// What a program prints about a file; nil, with a note, if it is not there.
    static func read(
        _ program: String, _ options: [String] = [], file bytes: [UInt8], then: [String] = []
    ) throws
        -> String?
    {
        guard let path = find(program) else {
            print("\(program): skipped, because it is not installed")
            return nil
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-print-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try Data(bytes).write(to: input)
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = options + [input.path] + then
        process.standardOutput = handle
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return String(decoding: try Data(contentsOf: output), as: UTF8.self)
    }

    private static func find(_ program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
