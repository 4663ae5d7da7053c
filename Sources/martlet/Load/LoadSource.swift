import FoundationEssentials
import SyntheticClinic

/// A piece of work for one job.
enum LoadUnit: Sendable {
    /// Resources as JSON texts, with where each came from.
    case resources([(json: [UInt8], origin: String)])
    /// A file that holds one resource or Bundle.
    case document([UInt8], origin: String)
}

/// Hands out work to the jobs: files in order, then the synthetic clinic.
actor LoadSource {
    private var files: ArraySlice<String>
    private var lines: (reader: LineReader, path: String, number: Int)?
    private var synthetic: SyntheticClinic.Iterator?
    private let unitCount: Int
    private(set) var unreadable: [String] = []

    /// - Parameter unitCount: resources in one unit, and so in one transaction.
    init(files: [String], synthetic: SyntheticClinic?, unitCount: Int) {
        self.files = files[...]
        self.synthetic = synthetic?.makeIterator()
        self.unitCount = unitCount
    }

    func next() -> LoadUnit? {
        while true {
            if lines != nil {
                if let unit = nextLines() { return unit }
                lines = nil
            }
            guard let path = files.popFirst() else { return nextSynthetic() }
            if path.hasSuffix(".ndjson") {
                if let reader = LineReader(path: path) {
                    lines = (reader, path, 0)
                } else {
                    unreadable.append(path)
                }
            } else if let data = try? Data(contentsOf: URL(filePath: path)) {
                return .document(Array(data), origin: path)
            } else {
                unreadable.append(path)
            }
        }
    }

    private func nextLines() -> LoadUnit? {
        var resources: [(json: [UInt8], origin: String)] = []
        while resources.count < unitCount, let line = lines?.reader.next() {
            lines?.number += 1
            if line.isEmpty { continue }
            resources.append((line, "\(lines?.path ?? "") line \(lines?.number ?? 0)"))
        }
        return resources.isEmpty ? nil : .resources(resources)
    }

    private func nextSynthetic() -> LoadUnit? {
        var resources: [(json: [UInt8], origin: String)] = []
        while resources.count < unitCount, let resource = synthetic?.next() {
            resources.append((resource.json, "synthetic \(resource.type)"))
        }
        return resources.isEmpty ? nil : .resources(resources)
    }
}
