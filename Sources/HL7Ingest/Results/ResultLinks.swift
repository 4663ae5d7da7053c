import FHIRDefinitions
import FHIRFormats
import FHIRStore
import HL7Mapping
import JSONTape

/// Susceptibilities and the organism they were tried on, where they come in messages of their own. §2.5.3.
struct ResultLinks: Sendable {
    let store: FHIRStore
    let finder: ResourceFinder
    private let table: PendingLinkTable
    private let followUp: ResultFollowUp

    init(store: FHIRStore, finder: ResourceFinder) {
        self.store = store
        self.finder = finder
        table = PendingLinkTable(store: store)
        followUp = ResultFollowUp(store: store, finder: finder)
    }

    /// Links the children of the message to parents that are stored, and keeps in mind those whose parent is not.
    /// - Parameter resources: of the message; children get `derivedFrom`.
    func link(
        _ links: [PendingLink], _ resources: inout [MappedResource], in plan: inout LabResults.Plan
    ) async throws {
        var waiting: [PendingLink] = []
        for link in links {
            guard let parent = try await parent(of: link), let node = parent.node else {
                waiting.append(link)
                continue
            }
            let address = "Observation/\(parent.stamp.id)"
            for index in resources.indices where link.childObservations.contains(resources[index].address) {
                resources[index].append([address], to: "derivedFrom")
            }
            try await followUp.add(
                JSONEdit.edit(node, references: ["hasMember": link.childObservations]), parent, "Observation", to: &plan
            )
        }
        if !waiting.isEmpty { plan.job.statements.append(table.statement(waiting)) }
    }

    /// Links children that wait to a parent in this message.
    func resolve(
        _ reports: [MappedReport], subject: String, _ resources: inout [MappedResource], in plan: inout LabResults.Plan
    ) async throws {
        let numbers = reports.flatMap { [$0.filler?.value, $0.placer?.value].compactMap(\.self) }
        var done: [Int64] = []
        for waiting in try await table.waiting(for: numbers, of: subject) {
            let link = waiting.link
            let groups = Set(
                reports.filter { report in
                    link.parentFiller.map { report.filler?.value == $0 } ?? (report.placer?.value == link.parentPlacer)
                }.map(\.group))
            guard
                let index = resources.firstIndex(where: { resource in
                    guard let group = resource.notice?.group, groups.contains(group),
                        let document = try? Document.parse(resource.json)
                    else { return false }
                    return Self.fits(JSONNode(document), link)
                })
            else { continue }
            let children = try await StoredContents(of: link.childObservations, in: store)
            for address in link.childObservations {
                guard let child = children[address], let node = child.node else { continue }
                try await followUp.add(
                    JSONEdit.edit(node, references: ["derivedFrom": [resources[index].address]]), child, "Observation",
                    to: &plan)
            }
            resources[index].append(link.childObservations, to: "hasMember")
            done.append(waiting.id)
        }
        if !done.isEmpty { plan.job.statements.append(table.removal(done)) }
    }

    /// By the parent's report and its results.
    private func parent(of link: PendingLink) async throws -> StoredVersion? {
        guard let type = store.definitions.resourceType(named: "DiagnosticReport"),
            let number = link.parentFiller ?? link.parentPlacer
        else { return nil }
        let identifier = ResourceFinder.escape(number)
        let reports = try await finder.find(
            type, [("identifier", identifier), ("subject", link.subject)], limit: 20)
        let results = reports.flatMap { report in
            (report.node?["result"]?.items ?? []).compactMap { $0["reference"]?.string }
        }
        let contents = try await StoredContents(of: results, in: store)
        return results.lazy.compactMap { contents[$0] }.first { $0.node.map { Self.fits($0, link) } ?? false }
    }

    /// OBR-26.1 is OBX-3.1, OBR-26.2 is OBX-4.
    private static func fits(_ observation: JSONNode, _ link: PendingLink) -> Bool {
        guard observation["resourceType"]?.string == "Observation" else { return false }
        let codes = (observation["code"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string }
        guard codes.contains(link.parentCode) else { return false }
        let subID = (observation["extension"]?.items ?? [])
            .first { $0["url"]?.string == "http://hl7.org/fhir/StructureDefinition/observation-v2-subid" }?[
                "extension"]?
            .items.first { $0["url"]?.string == "original-sub-identifier" }?["valueString"]?.string
        return (subID ?? "") == link.parentSubID
    }
}
