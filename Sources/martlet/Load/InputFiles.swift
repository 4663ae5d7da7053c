import ArgumentParser
import FoundationEssentials

/// Files named on the command line, folders replaced by what is in them.
enum InputFiles {
    /// - Parameter extensions: which files of a folder count; files named themselves always do.
    static func expand(_ paths: [String], extensions: Set<String>) throws -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw ValidationError("\(path) does not exist")
            }
            guard isFolder else {
                files.append(path)
                continue
            }
            let inside = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            files += inside.filter { name in
                extensions.contains(name.split(separator: ".").last.map(String.init)?.lowercased() ?? "")
            }.map { "\(path)/\($0)" }
        }
        return files
    }
}

extension Double {
    /// With two digits behind the point.
    var twoDigits: String {
        let hundredths = Int((self * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
