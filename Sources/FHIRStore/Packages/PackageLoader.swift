import FHIRDefinitions
import FHIRProfiles
import FHIRSearch
import JSONTape

/// Loads FHIR NPM packages: their definitions become resources like any other, and a table says whose they are.
///
/// The archive is read twice, a file at a time: first all is checked, then all is stored in one transaction.
package struct PackageLoader: Sendable {
    /// What is wrong with a resource, in words; nil if it may be stored.
    package typealias Check = @Sendable (_ resource: ResourceInput) -> String?

    let store: FHIRStore
    private let check: Check
    private let report: @Sendable (PackageProgress) -> Void

    /// - Parameters:
    ///   - check: is called for every resource before any is stored.
    ///   - report: is told how far it is.
    package init(
        store: FHIRStore, check: @escaping Check, report: @escaping @Sendable (PackageProgress) -> Void = { _ in }
    ) {
        self.store = store
        self.check = check
        self.report = report
    }

    /// Loads a package; durable when this returns, and in force for searches.
    ///
    /// Throws `PackageError` where the archive, its manifest or a file is none or beyond a limit, `StoreError` where
    /// its resources cannot be stored. Then nothing was changed. A resource that breaks rules is left out with a
    /// warning: hardly a large package is without one, HL7's own of R4 among them.
    package func load(_ archive: [UInt8], _ options: PackageOptions = PackageOptions()) async throws -> PackageLoad {
        let survey = try await survey(archive, options)
        var load = PackageLoad(
            manifest: survey.manifest, outcome: .loaded, counts: survey.counts, issues: survey.issues)
        let (outcome, issues) = try await store.transaction { transaction in
            try await keep(archive, options, survey, transaction)
        }
        load.outcome = outcome
        load.issues += issues
        try await store.refreshSearchParameters()
        load.issues += try await unusedParameters(survey)
        load.issues += try await missingDependencies(of: survey.manifest)
        return load
    }

    // MARK: - Reading

    /// What the first reading tells.
    private struct Survey: Sendable {
        var manifest: PackageManifest
        var counts: [String: Int] = [:]
        var digest: String
        var issues: [PackageIssue] = []
        /// Files whose resources are not stored.
        var leftOut: Set<String> = []
        /// SearchParameters with their files and the ids they are stored under.
        var parameters: [(file: String, id: String, node: JSONNode)] = []
        var total: Int { counts.values.reduce(0, +) }
    }

    private static let greatestIssueCount = 100

    private func survey(_ archive: [UInt8], _ options: PackageOptions) async throws -> Survey {
        var reader = try PackageReader(archive, includesExamples: options.includesExamples)
        var digest = PackageDigest()
        var counts: [String: Int] = [:]
        var issues: [PackageIssue] = []
        var parameters: [PackageReader.Resource] = []
        var leftOut: Set<String> = []
        var places: [String: String] = [:]
        var count = 0
        while let resource = try reader.next() {
            if !resource.isExample { digest.add(resource) }
            guard let input = input(resource.node, resource) else { continue }
            if let other = places.updateValue(resource.file, forKey: "\(resource.typeName)/\(resource.id)") {
                throw PackageError(.invalidResource, "\(other) has the same type and id", file: resource.file)
            }
            count += 1
            if count % 100 == 0 {
                report(.checked(count))
                await Task.yield()
            }
            if let problem = check(input) {
                leftOut.insert(resource.file)
                if issues.count < Self.greatestIssueCount {
                    let message = "the resource is left out: \(problem)"
                    issues.append(PackageIssue(.warning, code: "left-out", message, file: resource.file))
                }
                continue
            }
            counts[resource.typeName, default: 0] += 1
            if resource.typeName == "SearchParameter", !resource.isExample { parameters.append(resource) }
        }
        guard let manifest = reader.manifest else {
            throw PackageError(.invalidManifest, "the archive has no package/package.json: it is no FHIR package")
        }
        report(.checked(count))
        let identity = PackageIdentity(manifest: manifest)
        return Survey(
            manifest: manifest, counts: counts, digest: digest.text, issues: issues, leftOut: leftOut,
            parameters: parameters.map { ($0.file, identity.id(of: $0), $0.node) })
    }

    /// Nil where the database has no table of this type.
    private func input(_ node: JSONNode, _ resource: PackageReader.Resource) -> ResourceInput? {
        guard let type = store.definitions.resourceType(named: resource.typeName), store.tables.contains(type) else {
            return nil
        }
        return ResourceInput(type: type, document: node.document, index: node.index)
    }

    // MARK: - Storing

    private func keep(
        _ archive: [UInt8], _ options: PackageOptions, _ survey: Survey, _ transaction: StoreTransaction
    ) async throws -> (PackageLoad.Outcome, [PackageIssue]) {
        let catalog = PackageCatalog(session: transaction.session)
        try await catalog.lock(survey.manifest.name)
        let known = try await catalog.find(survey.manifest)
        var outcome = PackageLoad.Outcome.loaded
        let hasExamples = options.includesExamples
        if let known {
            let isSame = known.digest == survey.digest
            let isComplete = isSame && (known.hasExamples || !options.includesExamples)
            if isComplete, !options.replaces { return (.unchanged, []) }
            guard isSame || options.replaces else {
                throw PackageError(
                    .otherContent,
                    "\(survey.manifest.identifier) is loaded already, with other content; ask for it to be replaced")
            }
            outcome = options.replaces ? .replaced : .loaded
        }
        let package = try await catalog.save(survey.manifest, digest: survey.digest, hasExamples: hasExamples)
        var former = Set(try await catalog.members(of: package).map { "\($0.type)/\($0.id)" })
        try await catalog.forgetMembers(of: package)
        let issues = try await store(archive, options, survey, package: package, former: &former, transaction)
        for name in former.sorted() {
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            guard let type = store.definitions.resourceType(named: parts[0]) else { continue }
            _ = try await transaction.delete(type, id: parts[1])
        }
        return (outcome, issues)
    }

    /// Writes the resources in batches.
    /// - Parameter former: what the package brought before; what it brings again is taken out.
    private func store(
        _ archive: [UInt8], _ options: PackageOptions, _ survey: Survey, package: Int64, former: inout Set<String>,
        _ transaction: StoreTransaction
    ) async throws -> [PackageIssue] {
        let catalog = PackageCatalog(session: transaction.session)
        let identity = PackageIdentity(manifest: survey.manifest)
        var reader = try PackageReader(archive, includesExamples: options.includesExamples)
        var issues: [PackageIssue] = []
        var batch = Batch()
        var count = 0
        while let resource = try reader.next() {
            if survey.leftOut.contains(resource.file) { continue }
            let document = resource.isExample ? resource.node.document : try identity.stamped(resource)
            guard let input = input(JSONNode(document), resource) else { continue }
            let id = identity.id(of: resource)
            guard ResourceID.isValid(id) else {
                throw PackageError(
                    .invalidResource, "the id has other characters than ids may have", file: resource.file)
            }
            let isOwn = former.remove("\(resource.typeName)/\(id)") != nil
            if resource.isExample, !isOwn, try await transaction.read(input.type, id: id) != nil {
                let message = "\(resource.typeName)/\(id) exists and is not the package's: it is left as it is"
                issues.append(PackageIssue(.warning, code: "example-exists", message, file: resource.file))
                continue
            }
            batch.commands.append(store.updateCommand(input, id: id))
            batch.members.append(
                PackageCatalog.Member(
                    type: resource.typeName, id: id, file: resource.file, url: resource.url,
                    version: resource.version, isExample: resource.isExample))
            batch.byteCount += document.byteCount
            guard batch.isFull else { continue }
            count += batch.commands.count
            try await batch.write(to: package, catalog, transaction)
            report(.stored(count, of: survey.total))
        }
        count += batch.commands.count
        try await batch.write(to: package, catalog, transaction)
        report(.stored(count, of: survey.total))
        return issues
    }

    /// Resources that are written in one round trip.
    private struct Batch {
        var commands: [WriteCommand] = []
        var members: [PackageCatalog.Member] = []
        var byteCount = 0
        var isFull: Bool { commands.count >= 100 || byteCount >= 8 << 20 }

        mutating func write(
            to package: Int64, _ catalog: PackageCatalog, _ transaction: StoreTransaction
        ) async throws {
            guard !commands.isEmpty else { return }
            let files = members.map(\.file)
            _ = try await transaction.apply(commands) { files[$0] }
            try await catalog.add(members, to: package)
            self = Batch()
        }
    }

    // MARK: - What to know afterwards

    /// SearchParameters that are stored, but take no effect, and why.
    private func unusedParameters(_ survey: Survey) async throws -> [PackageIssue] {
        guard !survey.parameters.isEmpty else { return [] }
        let members = store.indexer.customParameters.members
        let reader = SearchParameterReader(definitions: store.definitions, others: members.map(\.parameter))
        let failures = try await store.failedSearchParameters(of: survey.parameters.map(\.id))
        return survey.parameters.compactMap { parameter in
            let problem = reader.read(parameter.node).problems.first?.message ?? failures[parameter.id]
            return problem.map { message in
                PackageIssue(
                    .warning, code: "search-parameter-unused", "the parameter takes no effect: \(message)",
                    file: parameter.file)
            }
        }
    }

    /// Packages whose content the server has without loading them.
    private static let builtIn = ["hl7.fhir.r4.core", "hl7.fhir.core"]

    private func missingDependencies(of manifest: PackageManifest) async throws -> [PackageIssue] {
        let wanted = manifest.dependencies.filter { !Self.builtIn.contains($0.name) }
        guard !wanted.isEmpty else { return [] }
        let loaded = try await store.translating {
            try await store.withSession { try await PackageCatalog(session: $0).versions(of: wanted.map(\.name)) }
        }
        return wanted.compactMap { dependency in
            let versions = loaded[dependency.name] ?? []
            if versions.contains(where: { BusinessVersion($0).satisfies(dependency.version) }) { return nil }
            let others = versions.isEmpty ? "" : "; loaded is \(versions.sorted().joined(separator: ", "))"
            return PackageIssue(
                .warning, code: "missing-dependency",
                "the package builds on \(dependency.name)#\(dependency.version), which is not loaded\(others)")
        }
    }
}
