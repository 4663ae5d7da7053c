import Foundation

/// Published material that is not part of this repository.
enum ReferenceData {
    /// Files below `folder` whose name ends so; none, with a note, where the reference data is absent.
    static func files(under folder: String, ending suffix: String) throws -> [URL] {
        let root = ProcessInfo.processInfo.environment["MARTLET_TEST_DATA"] ?? "../shared/data"
        let directory = URL(fileURLWithPath: root).appendingPathComponent(folder)
        guard FileManager.default.fileExists(atPath: directory.path) else {
            print("skipped: no reference data at \(root)/\(folder)")
            return []
        }
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix(suffix) }.sorted { $0.path < $1.path }
    }
}
