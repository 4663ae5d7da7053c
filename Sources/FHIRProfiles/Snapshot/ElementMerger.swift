import FHIRDefinitions
import JSONTape

/// Lays what a differential says of one element over what its base says (R4 elementdefinition.html#interpretation).
///
/// Of two rules the stricter stands; where the differential has the looser one, that is an issue.
struct ElementMerger {
    private(set) var element: ElementMembers
    /// Canonical URL of the definition: the source of its constraints.
    let url: String
    let id: String
    let isConstraint: Bool
    /// A new slice may ask for less than its element: others may fulfil that.
    let isNewSlice: Bool
    private(set) var issues: [(severity: SnapshotIssue.Severity, message: String)] = []

    init(element: ElementMembers, url: String, id: String, isConstraint: Bool, isNewSlice: Bool) {
        self.element = element
        self.url = url
        self.id = id
        self.isConstraint = isConstraint
        self.isNewSlice = isNewSlice
    }

    mutating func merge(_ diff: ElementMembers) {
        if isNewSlice, diff["min"] == nil { element["min"] = JSONNode.made { $0.number(0) } }
        for (key, value) in diff.members {
            switch key {
            case "min": mergeMin(value)
            case "max": mergeMax(value)
            case "type": mergeTypes(value)
            case "binding": mergeBinding(value)
            case "constraint": addConstraints(value)
            case "condition", "alias", "code", "example", "mapping": add(value, to: key)
            case "extension", "modifierExtension": addExtensions(value, to: key)
            case "definition", "comment", "requirements", "meaningWhenMissing": mergeText(value, key)
            case "mustSupport", "isModifier": mergeFlag(value, key)
            case "maxLength": mergeMaxLength(value)
            case "slicing": mergeSlicing(value)
            case "base": break
            case "contentReference" where isConstraint: break
            default: set(value, key)
            }
        }
        if let min = element.min, let max = element.maxCount, min > max {
            issue("\(id) is demanded \(min) times and allowed \(max) times")
        }
    }

    private mutating func issue(_ message: String) {
        guard isConstraint else { return }
        issues.append((.error, message))
    }

    // MARK: - Numbers

    private mutating func mergeMin(_ value: JSONNode) {
        guard let new = value.integer else { return }
        if let old = element.min, new < old, isConstraint, !isNewSlice {
            issue("\(id) has min \(new), its base \(old)")
            return
        }
        element["min"] = value
    }

    private mutating func mergeMax(_ value: JSONNode) {
        if isConstraint, let old = element.maxCount {
            let text = value.string ?? ""
            guard let new = Int(text), new <= old else {
                issue("\(id) has max \(text), its base \(old)")
                return
            }
        }
        element["max"] = value
    }

    private mutating func mergeMaxLength(_ value: JSONNode) {
        if let old = element["maxLength"]?.integer, let new = value.integer, new > old {
            issue("\(id) has maxLength \(new), its base \(old)")
            return
        }
        element["maxLength"] = value
    }

    private mutating func mergeFlag(_ value: JSONNode, _ key: String) {
        if value.bool == false, element[key]?.bool == true {
            issue("\(id) takes \(key) back")
            return
        }
        element[key] = value
    }

    // MARK: - Types and codes

    private mutating func mergeTypes(_ value: JSONNode) {
        let old = element.types
        if isConstraint, !old.isEmpty {
            for type in value.items {
                guard let code = type["code"]?.string, !Self.allows(old.compactMap { $0["code"]?.string }, code) else {
                    continue
                }
                issue("\(id) has the type \(code), which its base has not")
                return
            }
        }
        element["type"] = value
    }

    private static func allows(_ codes: [String], _ code: String) -> Bool {
        let definitions = FHIRDefinitions.r4
        guard let type = definitions.type(named: code) else { return codes.contains(code) || code.contains(":") }
        return codes.contains { old in
            // The elements that stand for a primitive's own text are typed by the language of paths.
            if old == code || old.hasPrefix("http://hl7.org/fhirpath/") { return true }
            guard let base = definitions.type(named: old) else { return old.contains(":") }
            return definitions.isKind(type, of: base)
        }
    }

    private mutating func mergeBinding(_ value: JSONNode) {
        guard let old = element["binding"] else {
            element["binding"] = value
            return
        }
        let strengths = ["example", "preferred", "extensible", "required"]
        let rank = { (node: JSONNode) in node["strength"]?.string.flatMap(strengths.firstIndex(of:)) ?? 0 }
        var strength = value["strength"]
        if strength != nil, rank(value) < rank(old) {
            issue("\(id) has a \(strength?.string ?? "") binding, its base a \(old["strength"]?.string ?? "") one")
            strength = old["strength"]
        }
        // What the differential does not repeat goes on.
        element["binding"] = JSONNode.made { writer in
            writer.beginObject()
            for (key, part) in value.members {
                writer.key(named: key)
                writer.copy(key == "strength" ? strength ?? part : part)
            }
            for (key, part) in old.members where value[named: key] == nil && key != "description" && key != "extension"
            {
                writer.key(named: key)
                writer.copy(part)
            }
            writer.endObject()
        }
    }

    private mutating func mergeSlicing(_ value: JSONNode) {
        if element.slicing?["rules"]?.string == "closed", value["rules"]?.string != "closed" {
            issue("\(id) opens a slicing that its base has closed")
            return
        }
        element["slicing"] = value
    }

    // MARK: - Lists

    private mutating func addConstraints(_ value: JSONNode) {
        var list = element["constraint"]?.items ?? []
        let known = Set(list.compactMap { $0["key"]?.string })
        for constraint in value.items where !known.contains(constraint["key"]?.string ?? "") {
            if constraint["source"] != nil {
                list.append(constraint)
                continue
            }
            let source = url
            list.append(
                JSONNode.made { writer in
                    writer.beginObject()
                    for (key, part) in constraint.members {
                        writer.key(named: key)
                        writer.copy(part)
                    }
                    writer.member("source", source)
                    writer.endObject()
                })
        }
        element["constraint"] = JSONNode.array(of: list)
    }

    private mutating func add(_ value: JSONNode, to key: String) {
        var list = element[key]?.items ?? []
        for item in value.items where !list.contains(where: { $0.isSame(as: item) }) { list.append(item) }
        element[key] = JSONNode.array(of: list)
    }

    private mutating func addExtensions(_ value: JSONNode, to key: String) {
        let urls = Set(value.items.compactMap { $0["url"]?.string })
        let old = (element[key]?.items ?? []).filter { !urls.contains($0["url"]?.string ?? "") }
        element[key] = JSONNode.array(of: old + value.items)
    }

    /// A text that begins with `...` goes on from its base's.
    private mutating func mergeText(_ value: JSONNode, _ key: String) {
        guard let text = value.string, text.hasPrefix("..."), let old = element[key]?.string else {
            element[key] = value
            return
        }
        element[key] = JSONNode.made { $0.string(old + "\r\n" + text.dropFirst(3)) }
    }

    private mutating func set(_ value: JSONNode, _ key: String) {
        if key.hasPrefix("fixed"), let old = element.choice("fixed"), !old.value.isSame(as: value) {
            issue("\(id) has another fixed value than its base")
            return
        }
        for prefix in ["fixed", "pattern", "minValue", "maxValue"] where key.hasPrefix(prefix) {
            // The type may be another one: `minValueDate` instead of `minValueDateTime`.
            if let old = element.choice(prefix) { element[old.key] = nil }
        }
        element[key] = value
    }
}

extension ElementMerger {
    /// Makes an element one that a type of its own defines: what it was based on is itself (R4 elementdefinition.html).
    static func makeOwn(_ node: inout ElementNode, path: String) {
        let min = node.element.min ?? 0
        let max = node.element.max ?? "*"
        node.element["base"] = JSONNode.made { writer in
            writer.beginObject()
            writer.member("path", path)
            writer.key("min")
            writer.number(min)
            writer.member("max", max)
            writer.endObject()
        }
    }

    /// Takes over what a profile on the element's type says of its root, where the differential says nothing of it.
    static func takeProfile(
        _ root: ElementMembers, into element: inout ElementMembers, unless diff: ElementMembers
    ) {
        for key in ["short", "definition", "comment", "requirements", "isModifier", "isModifierReason"]
        where diff[key] == nil {
            if let value = root[key] { element[key] = value }
        }
        let known = Set((element["constraint"]?.items ?? []).compactMap { $0["key"]?.string })
        let more = (root["constraint"]?.items ?? []).filter { !known.contains($0["key"]?.string ?? "") }
        if !more.isEmpty {
            element["constraint"] = JSONNode.array(of: (element["constraint"]?.items ?? []) + more)
        }
    }
}
