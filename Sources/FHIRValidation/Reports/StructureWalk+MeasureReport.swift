import JSONTape

/// A MeasureReport against its Measure, and a Measure against its libraries (R4 measurereport.html, measure.html).
extension StructureWalk {
    /// A definition that the resource refers to by its canonical URL, if it is at hand; asks for it if not.
    mutating func artifact(_ canonical: String?, _ type: String) -> JSONNode? {
        guard let canonical else { return nil }
        let found = demand.artifacts[canonical] ?? demand.artifacts[String(canonical.prefix { $0 != "|" && $0 != "#" })]
        if found == nil { progress.questions.ask(.artifact(type: type, canonical: canonical)) }
        return found.flatMap { $0["resourceType"]?.string == type ? $0 : nil }
    }

    mutating func checkMeasureReport(_ resource: Document.Index) {
        let given = JSONNode(document, resource)
        for group in given["group"]?.items ?? [] { checkSubjects(of: group, in: given) }
        guard let measure = artifact(given["measure"]?.string, "Measure") else { return }
        let groups = given["group"]?.items ?? []
        let pairs = pair(groups, with: measure["group"]?.items ?? [], "group", in: given)
        for (group, defined) in pairs {
            checkScore(of: group, in: given, measure)
            _ = pair(
                group["population"]?.items ?? [], with: defined["population"]?.items ?? [], "population", in: group)
        }
    }

    // MARK: - Parts

    /// Finds for each part of a report the part of the measure with its code. One of each needs no code.
    private mutating func pair(
        _ given: [JSONNode], with defined: [JSONNode], _ what: String, in owner: JSONNode
    ) -> [(JSONNode, JSONNode)] {
        if given.count == 1, defined.count == 1, given[0]["code"] == nil || defined[0]["code"] == nil {
            return [(given[0], defined[0])]
        }
        // What tells nothing apart asks nothing.
        guard !defined.isEmpty, defined.allSatisfy({ $0["code"] != nil }) else { return [] }
        var pairs: [(JSONNode, JSONNode)] = []
        var used: Set<Int> = []
        for part in given where takeProfileStep() {
            guard let code = part["code"] else {
                report(
                    .required, at: part.index, "the \(what) has no code, but the measure has several or calls it one")
                continue
            }
            guard let place = defined.firstIndex(where: { $0["code"].map { isSameConcept($0, code) } ?? false }) else {
                report(.value, at: part.index, "the measure has no \(what) with this code")
                continue
            }
            if !used.insert(place).inserted {
                report(.value, at: part.index, "the report has two of this \(what)")
            }
            pairs.append((part, defined[place]))
        }
        for (place, part) in defined.enumerated() where !used.contains(place) {
            // Observations are steps of a calculation and are not reported.
            let codes = part["code"]?["coding"]?.items.compactMap { $0["code"]?.string } ?? []
            if codes.contains("measure-observation") { continue }
            report(.required, at: owner.index, "the report lacks a \(what) that the measure has")
        }
        return pairs
    }

    private func isSameConcept(_ left: JSONNode, _ right: JSONNode) -> Bool {
        let (codings, others) = (left["coding"]?.items ?? [], right["coding"]?.items ?? [])
        if codings.isEmpty || others.isEmpty {
            return left["text"]?.string.map { $0 == right["text"]?.string } ?? false
        }
        return codings.contains { coding in others.contains { QuestionnaireItem.isSameCoding(coding, $0) } }
    }

    /// Lists of subjects are for reports that are lists of subjects (R4 measurereport.html,
    /// MeasureReport.group.population.subjectResults), and as long as the count says.
    private mutating func checkSubjects(of group: JSONNode, in given: JSONNode) {
        let strata = (group["stratifier"]?.items ?? []).flatMap { $0["stratum"]?.items ?? [] }
        for owner in [group] + strata {
            for population in owner["population"]?.items ?? [] {
                guard let subjects = population["subjectResults"] else { continue }
                if given["type"]?.string != "subject-list" {
                    report(.structure, at: subjects.index, "a report that is no subject list lists no subjects")
                } else if let count = population["count"]?.integer, let reference = subjects["reference"]?.string,
                    let list = given["contained"]?.items.first(where: { "#" + ($0["id"]?.string ?? "") == reference }),
                    list["resourceType"]?.string == "List", (list["entry"]?.count ?? 0) != count
                {
                    report(.value, at: population.index, "the count is not that of the subjects listed")
                }
            }
        }
    }

    // MARK: - Scores

    /// Which scores a report has is said by how its measure is scored (R4 measure.html, Measure.scoring).
    private mutating func checkScore(of group: JSONNode, in given: JSONNode, _ measure: JSONNode) {
        let score = group["measureScore"]
        let scorings = Set((measure["scoring"]?["coding"]?.items ?? []).compactMap { $0["code"]?.string })
        if scorings.contains("cohort") {
            if let score { report(.structure, at: score.index, "a measure of a cohort has no score") }
            return
        }
        guard !scorings.isDisjoint(with: ["proportion", "ratio", "continuous-variable", "composite"]) else { return }
        guard let score else {
            if given["status"]?.string == "complete" {
                report(.required, at: group.index, "the score is missing that the measure is about")
            }
            return
        }
        guard let value = score["value"]?.numberText.flatMap({ Double($0) }) else {
            report(.required, at: score.index, "the score has no value")
            return
        }
        if scorings.contains("proportion"), score["code"]?.string != "%", value < 0 || value > 1 {
            report(.value, at: score.index, "a proportion is between 0 and 1")
        }
    }

    // MARK: - Measures

    /// Criteria in CQL name what a library of the measure defines (R4 measure.html, Measure.group.population.criteria).
    mutating func checkMeasure(_ resource: Document.Index) {
        let measure = JSONNode(document, resource)
        let libraries = (measure["library"]?.items ?? []).compactMap { artifact($0.string, "Library") }
        guard !libraries.isEmpty else { return }
        var known: [String: Set<String>] = [:]
        for library in libraries { known[library["name"]?.string ?? ""] = LibraryNames.names(of: library) }
        for group in measure["group"]?.items ?? [] {
            let stratifiers = group["stratifier"]?.items ?? []
            let parts =
                (group["population"]?.items ?? []) + stratifiers + stratifiers.flatMap { $0["component"]?.items ?? [] }
            for part in parts { checkCriteria(of: part, known) }
        }
        for part in measure["supplementalData"]?.items ?? [] { checkCriteria(of: part, known) }
    }

    private mutating func checkCriteria(of part: JSONNode, _ libraries: [String: Set<String>]) {
        guard let criteria = part["criteria"], let expression = criteria["expression"]?.string,
            ["text/cql", "text/cql.identifier", "text/cql-identifier"].contains(criteria["language"]?.string ?? "")
        else { return }
        var parts = expression.split(separator: ".", maxSplits: 1).map { $0.filter { $0 != "\"" } }
        guard let name = parts.popLast(), name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " })
        else { return }
        let names = parts.isEmpty && libraries.count == 1 ? libraries.first?.value : libraries[parts.first ?? ""]
        if let names, !names.contains(name) {
            report(.notFound, at: criteria.index, "the library does not define \(name)")
        }
    }
}
