internal import HL7Syntax

/// Turns the groups of one ORU into Specimen, Observation, ServiceRequest and DiagnosticReport, in this order.
struct ResultBuilder {
    let context: MappingContext
    let subject: String
    let groups: ResultGroups
    /// Ids of stored orders by the id a new one would get.
    let orderIDs: [String: String]
    private(set) var resources: [MappedResource] = []
    private(set) var pendingLinks: [PendingLink] = []
    private(set) var reports: [MappedReport] = []
    /// Why a person has to look at the message, though it can be applied.
    private(set) var review: String?

    /// The organism or other parent result that child reports may point at (OBR-26, OBR-29).
    private struct ParentResult {
        let filler: String?
        let placer: String?
        let code: String
        let subID: String
        let reference: String
        /// Rank of its Observation among `resources`.
        var position = 0
        /// The order that the parent's report answers.
        var basedOn: String?
    }
    /// Orders of which every report of this message is final, by key.
    private var doneOrders: [String: Bool] = [:]
    private var parents: [ParentResult] = []
    /// Whether any report of the message names a parent.
    private let hasChildren: Bool
    private var seenSpecimens: Set<String> = []
    private var seenKeys: Set<String> = []

    init(context: MappingContext, subject: String, groups: ResultGroups, orderIDs: [String: String]) {
        self.orderIDs = orderIDs
        self.context = context
        self.subject = subject
        self.groups = groups
        hasChildren = groups.groups.contains { !$0.order[field: 26].isEmpty }
    }

    mutating func build() {
        let encounter = EncounterReferenceMap.map(context, groups.visit)
        noteDoneOrders()
        buildPatientResults(encounter)
        for (index, group) in groups.groups.enumerated() { build(group, index, encounter) }
    }

    private mutating func noteDoneOrders() {
        let orders = ServiceRequestMap(context: context, subject: subject)
        for group in groups.groups {
            guard let key = orders.key(group) else { continue }
            let isDone = MappedReport.isDone(DiagnosticReportMap.plainStatus(group))
            doneOrders[key.text] = isDone && doneOrders[key.text] ?? true
        }
    }

    // MARK: One order

    private mutating func build(_ group: ResultGroup, _ index: Int, _ encounter: FHIRValue?) {
        var scope = self.scope(group, encounter)
        scope.group = index
        var content = DiagnosticReportMap.Content()
        buildSpecimens(group, &scope, &content)
        let reportKey = uniqueKey(
            "DiagnosticReport", [context.profile.id] + group.orderKeyParts(context.profile), group)
        let derivedFrom = parentReferences(group)
        let mapped = buildObservations(group.results, reportKey, scope, derivedFrom: derivedFrom.references)
        content.results = mapped.filter { !$0.1.isOrderInformation && $0.1.isResult }.map(\.1.reference)
        let documents = mapped.compactMap(\.1.document) + ownDocuments(group, reportKey, scope)
        content.attachments = documents.map(\.attachment)
        for document in documents where document.binary != nil {
            if let binary = document.binary { resources.append(binary) }
        }
        let information = mapped.filter(\.1.isOrderInformation).map(\.1.reference)
        content.basedOn = derivedFrom.basedOn ?? buildOrder(group, encounter, supportingInfo: information)
        remember(group, mapped, basedOn: content.basedOn)
        let report = DiagnosticReportMap(context: context, scope: scope).map(group, key: reportKey, content: content)
        resources.append(report.resource)
        for document in documents { resources.append(document.reference(report: reportKey.reference)) }
        StatusTriangle(context: context).check(group, report: report.status)
        reports.append(self.report(group, index, reportKey, report.status, scope, information))
        if let parent = derivedFrom.parent {
            resources[parent].append(content.results, to: "hasMember")
        }
        if let link = derivedFrom.pending {
            pendingLinks.append(
                PendingLink(
                    childReport: reportKey.reference, childObservations: content.results,
                    parentFiller: link.filler, parentPlacer: link.placer, parentCode: link.code,
                    parentSubID: link.subID, subject: subject))
        }
    }

    private func report(
        _ group: ResultGroup, _ index: Int, _ key: IdentityKey, _ status: String, _ scope: ResultScope,
        _ information: [String]
    ) -> MappedReport {
        let profile = context.profile
        return MappedReport(
            address: key.reference, group: index, status: status,
            orderID: ServiceRequestMap(context: context, subject: subject).key(group)?.id,
            filler: group.filler(profile)?.pair, placer: group.placer(profile)?.pair, code: group.code,
            effective: scope.effective?.text ?? "", information: information)
    }

    /// Documents in segments of the sender's own (F-31).
    private mutating func ownDocuments(
        _ group: ResultGroup, _ report: IdentityKey, _ scope: ResultScope
    ) -> [MappedDocument] {
        var documents: [MappedDocument] = []
        for (name, field) in context.profile.documentFields.sorted(by: { $0.key < $1.key }) {
            let segments = group.ownSegments.filter { $0.isNamed(name) && $0[field: field].isValued }
            guard !segments.isEmpty else { continue }
            let attachment = AttachmentMap.base64(segments.map { $0[field: field] }, title: name)
            let status = DiagnosticReportMap.plainStatus(group)
            if let attachment,
                let document = MappedDocument(
                    attachment, owner: IdentityKey("Document", [report.text, name]), type: nil, status: status,
                    scope: scope, location: segments.first?.location)
            {
                documents.append(document)
            } else {
                noteReview(of: segments[0][field: field])
            }
        }
        return documents
    }

    private mutating func noteReview(of field: Field) {
        context.warn(.dataType, at: field.location, "the document cannot be decoded; kept as text")
        review = "a document could not be decoded"
    }

    /// The order a report answers: the stored one where the caller found it, else a new one where the source wants it.
    private mutating func buildOrder(
        _ group: ResultGroup, _ encounter: FHIRValue?, supportingInfo: [String]
    ) -> String? {
        let orders = ServiceRequestMap(context: context, subject: subject)
        guard let key = orders.key(group) else { return nil }
        if let known = orderIDs[key.id] { return "ServiceRequest/" + known }
        guard context.profile.createsServiceRequests else { return nil }
        if seenKeys.insert(key.text).inserted {
            resources.append(
                orders.map(
                    group, key: key, encounter: encounter, supportingInfo: supportingInfo,
                    isDone: doneOrders[key.text] ?? false))
        }
        return key.reference
    }

    private func scope(_ group: ResultGroup, _ encounter: FHIRValue?) -> ResultScope {
        let issued = context.dateTime(group.order[field: 22])
        let sent = context.dateTime(context.message["MSH", field: 7])
        return ResultScope(
            subject: subject, encounter: encounter, reportStatus: group.order.code(25),
            effective: context.dateTime(group.order[field: 7]), issued: issued,
            stampSeconds: issued?.instantSeconds ?? sent?.instantSeconds ?? 0,
            category: SectionTable.category(group.order.code(24), isLaboratory: context.profile.isLaboratory))
    }

    /// Two OBR with the same number and code in one message are two reports; the second gets a rank.
    private mutating func uniqueKey(_ type: String, _ parts: [String], _ group: ResultGroup) -> IdentityKey {
        var key = IdentityKey(type, parts)
        var rank = 1
        while !seenKeys.insert(key.text).inserted {
            rank += 1
            key = IdentityKey(type, parts + ["#\(rank)"])
        }
        return key
    }

    // MARK: Specimens

    private mutating func buildSpecimens(
        _ group: ResultGroup, _ scope: inout ResultScope, _ content: inout DiagnosticReportMap.Content
    ) {
        let map = SpecimenMap(context: context, subject: subject)
        for entry in group.specimens {
            let key = map.key(entry.segment, group: group)
            if seenSpecimens.insert(key.text).inserted {
                resources.append(map.map(entry, key: key, stampSeconds: scope.stampSeconds))
            }
            if !content.specimens.contains(key.reference) { content.specimens.append(key.reference) }
            for component in 1...2 {
                let number = entry.segment[field: 2][component: component][subcomponent: 1].string.cleaned
                if !number.isEmpty { scope.specimens[number] = key.reference }
            }
            var own = scope
            own.specimen = key.reference
            own.focus = key.reference
            _ = buildObservations(entry.observations, key, own, derivedFrom: [])
        }
        if group.specimens.isEmpty, let specimen = map.map(group, stampSeconds: scope.stampSeconds) {
            if seenSpecimens.insert(specimen.identityKey).inserted { resources.append(specimen) }
            content.specimens.append("Specimen/" + specimen.id)
        }
        scope.specimen = content.specimens.count == 1 ? content.specimens[0] : nil
    }

    // MARK: Observations

    private mutating func buildPatientResults(_ encounter: FHIRValue?) {
        guard !groups.patientResults.isEmpty, let first = groups.groups.first else { return }
        let key = IdentityKey("PatientResults", [context.profile.id] + first.orderKeyParts(context.profile))
        var scope = self.scope(first, encounter)
        scope.specimen = nil
        _ = buildObservations(groups.patientResults, key, scope, derivedFrom: [])
    }

    /// Maps the observations of one report, or of one specimen, and adds them, members before the panel they are in.
    private mutating func buildObservations(
        _ entries: [ResultEntry], _ owner: IdentityKey, _ scope: ResultScope, derivedFrom: [String]
    ) -> [(ResultEntry, ObservationMap.Mapped)] {
        let entries = withoutDuplicates(entries)
        let keys = observationKeys(entries, owner)
        let members = PanelMembers(entries.map(\.subID))
        let map = ObservationMap(context: context, scope: scope)
        var mapped: [(ResultEntry, ObservationMap.Mapped)] = []
        for (index, entry) in entries.enumerated() {
            let hasMember = members.children(of: index).map { keys[$0].reference }
            if let result = map.map(entry, key: keys[index], hasMember: hasMember, derivedFrom: derivedFrom) {
                mapped.append((entry, result))
            }
        }
        let ordered = mapped.enumerated().sorted {
            (members.depth(of: $0.offset), -$0.offset) > (members.depth(of: $1.offset), -$1.offset)
        }
        resources += ordered.map(\.element.1.resource)
        // F-31: what could not be decoded stays as text, and somebody looks at it.
        if entries.contains(where: { $0.first.code(2) == "ED" }),
            mapped.contains(where: {
                $0.0.first.code(2) == "ED" && $0.1.document == nil && $0.0.first[field: 5].isValued
            })
        {
            review = "a document could not be decoded"
        }
        return mapped
    }

    /// OBX that are equal but for their number are one (F-15).
    private func withoutDuplicates(_ entries: [ResultEntry]) -> [ResultEntry] {
        var seen: Set<[UInt8]> = []
        return entries.filter { entry in
            guard entry.lines.count == 1 else { return true }
            var content: [UInt8] = []
            for number in 2...max(2, entry.first.fieldCount) {
                content += entry.first[field: number].raw
                content.append(0)
            }
            if seen.insert(content).inserted { return true }
            context.warn(.duplicateKey, at: entry.first.location, "the same result twice; one was kept")
            return false
        }
    }

    /// OBX-21, else owner, code, sub-id and rank among equals. §2.1.
    private mutating func observationKeys(_ entries: [ResultEntry], _ owner: IdentityKey) -> [IdentityKey] {
        var counts: [[String]: Int] = [:]
        return entries.map { entry in
            let profile = context.profile
            if let instance = EntityIdentifier(entry.first[field: 21][repetition: 1], profile) {
                // Senders that count from one again must not put one patient's result in the place of another's.
                let key = IdentityKey("Observation", [profile.id, "instance", instance.keyPart, subject])
                if seenKeys.insert(key.text).inserted { return key }
            }
            let (code, subID) = (entry.code, entry.subID)
            let rank = counts[[code, subID], default: 0] + 1
            counts[[code, subID]] = rank
            return IdentityKey("Observation", [owner.text, code, subID, "\(rank)"])
        }
    }

    // MARK: Parent and child, §2.5.3

    private mutating func remember(
        _ group: ResultGroup, _ mapped: [(ResultEntry, ObservationMap.Mapped)], basedOn: String?
    ) {
        let profile = context.profile
        guard hasChildren else { return }
        for (entry, result) in mapped {
            parents.append(
                ParentResult(
                    filler: group.filler(profile)?.value, placer: group.placer(profile)?.value, code: entry.code,
                    subID: entry.subID, reference: result.reference,
                    position: resources.lastIndex { $0.id == result.resource.id } ?? 0, basedOn: basedOn))
        }
    }

    /// OBR-26 names the parent result by code and sub-id, OBR-29 the parent order by placer and filler number.
    private func parentReferences(
        _ group: ResultGroup
    ) -> (references: [String], basedOn: String?, parent: Int?, pending: ParentResult?) {
        let result = group.order[field: 26][repetition: 1]
        let order = group.order[field: 29][repetition: 1]
        guard let code = result[component: 1][subcomponent: 1].value?.collapsed else {
            return ([], nil, nil, nil)
        }
        let wanted = ParentResult(
            filler: EntityIdentifier(nested: order[component: 2], context.profile)?.value,
            placer: EntityIdentifier(nested: order[component: 1], context.profile)?.value,
            code: code, subID: result[component: 2].value?.cleaned ?? "", reference: "")
        let match = parents.first { parent in
            guard parent.code == wanted.code, parent.subID == wanted.subID else { return false }
            if let filler = wanted.filler { return parent.filler == filler }
            return wanted.placer == nil || parent.placer == wanted.placer
        }
        if let match { return ([match.reference], match.basedOn, match.position, nil) }
        return ([], nil, nil, wanted)
    }
}
