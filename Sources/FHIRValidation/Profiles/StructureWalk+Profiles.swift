import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import JSONTape

/// What the profiles of one resource have been asked already.
struct ProfileProgress {
    /// An element, or resource, and a profile.
    struct Question: Hashable {
        var index: Document.Index
        var table: ObjectIdentifier
    }

    /// What was reported on.
    var reported: Set<Question> = []
    /// What was looked through for must-support elements.
    var searched: Set<Question> = []
    /// What was only tried. A question that leads to itself is answered with yes meanwhile: profiles may be recursive.
    var verdicts: [Question: Bool] = [:]
    /// Elements compared with what a profile says of them.
    var stepCount = 0
    /// Calls within each other.
    var depth = 0
    /// Evaluates where references lead to, seen from the outermost resource.
    var resolution: Evaluation?
    /// What would have to be known to say more.
    var questions: Set<OutsideQuestion> = []
    /// Answers what expressions ask; made with the first evaluation that could need it.
    var knowledge: ValidationKnowledge?
}

/// Resources against profiles: those asked for, and those that they name themselves (R4 resource.html#Meta.profile).
extension StructureWalk {
    /// Elements of profiles that are looked at for one resource: a second at most.
    static let maximumProfileStepCount = 300_000
    /// Elements within each other, through profiles that lead to others too.
    static let maximumProfileDepth = 120

    func table(_ canonical: String) -> Result<ProfileTable, SnapshotError>? {
        tables.table(CanonicalURL(canonical), in: demand.source)
    }

    /// Checks the outermost resource against the profiles asked for.
    mutating func checkDemandedProfiles(_ resource: Document.Index, _ type: TypeID) {
        for canonical in demand.canonicals { check(resource, type, profile: canonical, namedAt: nil) }
    }

    /// Checks a resource against the profiles that it names.
    mutating func checkNamedProfiles(_ resource: Document.Index, _ type: TypeID) {
        guard let meta = document.member("meta", of: resource), document.kind(meta) == .object,
            let list = document.member("profile", of: meta), document.kind(list) == .array
        else { return }
        for item in JSONNode(document, list).elements {
            guard let canonical = item.string else { continue }
            check(resource, type, profile: canonical, namedAt: item.index)
        }
    }

    private mutating func check(
        _ resource: Document.Index, _ type: TypeID, profile canonical: String, namedAt place: Document.Index?
    ) {
        let own = definitions[type].url
        if CanonicalURL(canonical).url == own { return }
        switch table(canonical) {
        case nil:
            progress.questions.ask(.definition(canonical))
            // Those that were asked for have to be checked; those that are named can be.
            report.add(
                place == nil ? .error : .warning, .notFound, at: place ?? resource,
                "the profile \(canonical) is not known here, so the resource was not checked by it")
        case .failure(let error)?:
            report.add(
                place == nil ? .error : .warning, .processing, at: place ?? resource,
                "the profile \(canonical) cannot be used: \(error.message)")
        case .success(let table)?:
            guard let constrained = definitions.type(named: table.type), definitions.isKind(type, of: constrained)
            else {
                report(.invalid, at: place ?? resource, "the profile \(canonical) is for \(table.type)")
                return
            }
            let node = Node(type: type, value: resource)
            check(node, profile: table)
            // Once, although a profile that was asked for may be named by the resource as well.
            let question = ProfileProgress.Question(index: resource, table: ObjectIdentifier(table))
            if options.namesMustSupport, progress.searched.insert(question).inserted {
                nameAbsentMustSupport(node, table)
            }
        }
    }

    // MARK: - Questions

    /// Reports how an element breaks a profile: once, however many ways lead to it.
    mutating func check(_ node: Node, profile table: ProfileTable) {
        guard let index = node.value ?? node.companion else { return }
        let question = ProfileProgress.Question(index: index, table: ObjectIdentifier(table))
        if report.isTrial {
            if !conforms(node, index, question, table) { report.failTrial() }
        } else if progress.reported.insert(question).inserted {
            check(node, table.root, table)
        }
    }

    /// Whether an element meets a profile; nil if the profile is not known.
    mutating func conforms(_ node: Node, toProfile canonical: String) -> Bool? {
        guard let found = table(canonical) else {
            progress.questions.ask(.definition(canonical))
            return nil
        }
        guard case .success(let table) = found, let index = node.value ?? node.companion else { return nil }
        if let type = definitions.type(named: table.type), !definitions.isKind(node.type, of: type) { return false }
        return conforms(
            node, index, ProfileProgress.Question(index: index, table: ObjectIdentifier(table)), table)
    }

    private mutating func conforms(
        _ node: Node, _ index: Document.Index, _ question: ProfileProgress.Question, _ table: ProfileTable
    ) -> Bool {
        if let known = progress.verdicts[question] { return known }
        progress.verdicts[question] = true
        let verdict = conforms(node, to: table.root, table)
        progress.verdicts[question] = verdict
        return verdict
    }

    /// Whether an element meets what a profile says of it; nothing is reported.
    mutating func conforms(_ node: Node, to element: ProfileElement, _ table: ProfileTable) -> Bool {
        let outer = report.beginTrial()
        check(node, element, table)
        return report.endTrial(outer)
    }

    // MARK: - Limits

    /// Counts one comparison; false where it was one too many.
    mutating func takeProfileStep() -> Bool {
        progress.stepCount += 1
        if progress.stepCount < Self.maximumProfileStepCount { return true }
        if progress.stepCount == Self.maximumProfileStepCount {
            report.addAlways(.tooCostly, at: root, "checking the profiles of this resource takes too long")
        }
        return false
    }
}
