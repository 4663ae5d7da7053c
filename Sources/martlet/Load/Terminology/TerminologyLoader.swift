import ArgumentParser
import FHIRStore
import FHIRTerminology
import PostgreSQL

/// Reads a publisher's files into the tables of code systems.
struct TerminologyLoader {
    let system: TerminologyDistribution
    /// Nil where the files tell it, or nobody.
    let version: String?
    let database: Database

    /// Returns how many concepts there were.
    func load(_ paths: [String]) async throws -> Int {
        switch system {
        case .loinc: try await loadLOINC(paths)
        case .snomed: try await loadSNOMED(paths)
        case .icd10cm: try await loadICD10(paths)
        }
    }

    private func write(
        version: String?, _ progress: ProgressBar, _ body: (inout CodeSystemLoad) async throws -> Void
    ) async throws -> Int {
        var load = try await CodeSystemLoad(
            url: system.url, version: version, name: system.name, language: "en", database: database)
        do {
            try await body(&load)
            guard load.count > 0 else { throw ValidationError("the files hold no concepts of \(system.rawValue)") }
            progress.end("working out what is a kind of what")
            try await load.finish()
        } catch {
            progress.end(nil)
            // The first failure counts; what is left behind is never seen.
            try? await load.abandon()
            throw error
        }
        return load.count
    }

    /// The lines of a file without its mark of byte order; throws where there is no such file.
    private func reader(_ path: String) throws -> LineReader {
        guard let reader = LineReader(path: path) else { throw ValidationError("\(path) cannot be read") }
        return reader
    }

    private func text(_ line: [UInt8]) -> String {
        String(decoding: line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line[...], as: UTF8.self)
    }

    // MARK: - LOINC

    private func loadLOINC(_ paths: [String]) async throws -> Int {
        var tables: [String] = []
        var parents: [String: [String]] = [:]
        var parts: [(code: String, text: String)] = []
        for path in paths {
            let reader = try reader(path)
            guard let header = reader.next().map(text) else { continue }
            if LOINCTable(header: header) != nil {
                tables.append(path)
            } else if header.contains("IMMEDIATE_PARENT") {
                while let line = reader.next().map(text) {
                    guard let link = LOINCTable.hierarchy(line) else { continue }
                    if parents[link.code] == nil, link.code.hasPrefix("LP") { parts.append((link.code, link.text)) }
                    parents[link.code, default: []] += link.parent.map { [$0] } ?? []
                }
            }
        }
        guard !tables.isEmpty else { throw ValidationError("none of the files is LOINC's table, Loinc.csv") }
        let progress = ProgressBar(files: tables)
        return try await write(version: version, progress) { load in
            for path in tables {
                let reader = try reader(path)
                guard let table = reader.next().map(text).flatMap({ LOINCTable(header: $0) }) else { continue }
                var batch: [DistributedConcept] = []
                while var line = reader.next().map(text) {
                    progress.advance(line.utf8.count + 2)
                    // A quoted field may go on behind the end of the line.
                    while SeparatedLine.isOpen(line), line.utf8.count < 1 << 20, let more = reader.next().map(text) {
                        line += "\n" + more
                    }
                    guard var concept = table.concept(line) else { continue }
                    concept.parents = parents[concept.code] ?? []
                    batch.append(concept)
                    if batch.count == CodeSystemLoad.batchCount {
                        try await load.append(batch)
                        batch = []
                    }
                }
                try await load.append(batch)
            }
            try await load.append(
                parts.map { part in
                    var concept = DistributedConcept(code: part.code, display: part.text)
                    concept.parents = parents[part.code] ?? []
                    return concept
                })
        }
    }

    // MARK: - SNOMED CT

    private func loadSNOMED(_ paths: [String]) async throws -> Int {
        var release = SNOMEDRelease()
        let progress = ProgressBar(files: paths)
        for path in paths {
            let reader = try reader(path)
            guard let file = reader.next().map(text).flatMap({ SNOMEDRelease.file(header: $0) }) else { continue }
            while let line = reader.next() {
                progress.advance(line.count + 2)
                guard release.add(text(line), from: file) else {
                    throw ValidationError("\(path) has a line with too few columns")
                }
            }
        }
        progress.end("writing")
        let edition = "http://snomed.info/sct/900000000000207008/version/\(release.newest)"
        let concepts = release.finish()
        return try await write(version: version ?? edition, progress) { load in try await load.append(concepts) }
    }

    // MARK: - ICD-10-CM

    private func loadICD10(_ paths: [String]) async throws -> Int {
        let progress = ProgressBar(files: paths)
        return try await write(version: version, progress) { load in
            for path in paths {
                let reader = try reader(path)
                var order = ICD10Order()
                var batch: [DistributedConcept] = []
                while let line = reader.next() {
                    progress.advance(line.count + 2)
                    guard let concept = order.concept(text(line)) else { continue }
                    batch.append(concept)
                    if batch.count == CodeSystemLoad.batchCount {
                        try await load.append(batch)
                        batch = []
                    }
                }
                try await load.append(batch)
            }
        }
    }
}
