import FHIRDefinitions
import JSONTape

/// The pass over one resource: members against the type's elements, values against their formats.
struct StructureWalk {
    let document: Document
    let root: Document.Index
    let rootType: TypeID
    let definitions: FHIRDefinitions
    let rules: RuleTable
    private(set) var issues: [ValidationIssue] = []
    private var lines = LineCounter()

    init(
        document: Document, root: Document.Index, rootType: TypeID, _ definitions: FHIRDefinitions, _ rules: RuleTable
    ) {
        self.document = document
        self.root = root
        self.rootType = rootType
        self.definitions = definitions
        self.rules = rules
    }

    /// Where a resource stands, as far as it matters for what it may hold.
    enum Place { case root, entry, contained }

    mutating func checkRoot() {
        guard document.kind(root) == .object else {
            report(.structure, at: root, "a resource is a JSON object")
            return
        }
        guard let type = resourceType(at: root) else { return }
        guard type == rootType else {
            report(.invalid, at: document.member("resourceType", of: root) ?? root, "the resource is of another type")
            return
        }
        checkObject(root, type, .root)
    }

    // MARK: - Objects

    /// Checks an object's members; `place` is nil for everything but resources.
    private mutating func checkObject(_ object: Document.Index, _ type: TypeID, _ place: Place?) {
        let rule = rules.types[Int(type.rawValue)]
        var seen: UInt64 = 0
        var contained: Document.Index?
        let end = document.next(object)
        var key = document.firstChild(object)
        if key == end { report(.structure, at: object, "an object may not be empty") }
        while key < end {
            let value = key &+ 1
            let next = document.next(value)
            defer { key = next }
            let property =
                document.kind(key) == .escapedString
                ? document.withString(key) { definitions.property($0, of: type) }
                : definitions.property(document.rawText(key), of: type)
            guard let property else {
                if place != nil, document.isString(key, equalTo: "resourceType") { continue }
                report(.structure, at: value, "the property is not known here")
                continue
            }
            let element = rules.elements[Int(property.element.rawValue)]
            if seen & element.bit != 0, element.isChoice { checkChoice(key, property, in: object, type) }
            seen |= element.bit
            if element.isContained { contained = value }
            if element.isProhibited { report(.structure, at: value, "the element may not be used here") }
            if property.isCompanion {
                checkCompanion(key, in: object, isRepeating: element.isRepeating)
            } else {
                checkMember(key, property.type, element, in: object, place)
            }
        }
        let missing = rule.required & ~seen
        if missing != 0 { reportMissing(missing, of: type, in: object) }
        if let contained, place != .contained { checkReferrers(ofContained: contained, in: object) }
        check(rule: rule.rule, object)
    }

    @inline(__always)
    private mutating func check(rule: ObjectRule, _ object: Document.Index) {
        switch rule {
        case .none: break
        case .extension: checkExtension(object)
        case .reference: checkReference(object)
        }
    }

    private mutating func checkMember(
        _ key: Document.Index, _ type: TypeID, _ element: ElementRule, in object: Document.Index, _ place: Place?
    ) {
        let value = key &+ 1
        guard element.isRepeating else {
            if document.kind(value) == .array {
                report(.structure, at: value, "the element does not repeat, so it is no array")
            } else {
                checkValue(value, type, element, place)
            }
            return
        }
        guard document.kind(value) == .array else {
            report(.structure, at: value, "the element repeats, so it is an array")
            return
        }
        let end = document.next(value)
        var item = document.firstChild(value)
        if item == end { report(.structure, at: value, "an array may not be empty") }
        var position = 0
        while item < end {
            if document.kind(item) == .null {
                checkNull(item, position, beside: key, in: object, type)
            } else {
                checkValue(item, type, element, place)
            }
            item = document.next(item)
            position += 1
        }
    }

    private mutating func checkValue(
        _ value: Document.Index, _ type: TypeID, _ element: ElementRule, _ place: Place?
    ) {
        let rule = rules.types[Int(type.rawValue)]
        if rule.shape == .primitive {
            checkPrimitive(value, rule.format)
            return
        }
        guard document.kind(value) == .object else {
            report(.structure, at: value, "the element is a JSON object")
            return
        }
        guard rule.shape == .anyResource else {
            checkObject(value, type, nil)
            return
        }
        if element.isContained, place == .contained {
            report(.structure, at: value, "a contained resource may not contain others (dom-2)")
        }
        guard let resourceType = resourceType(at: value) else { return }
        checkObject(value, resourceType, element.isContained ? .contained : .entry)
    }

    /// The type that a resource names; reports what is wrong with it.
    private mutating func resourceType(at object: Document.Index) -> TypeID? {
        guard let member = document.member("resourceType", of: object) else {
            report(.structure, at: object, "a resource has a resourceType")
            return nil
        }
        let kind = document.kind(member)
        guard kind == .string || kind == .escapedString else {
            report(.structure, at: member, "resourceType is a string")
            return nil
        }
        guard let type = document.withString(member, { definitions.resourceType(utf8: $0) }) else {
            report(.structure, at: member, "not a resource type of FHIR R4")
            return nil
        }
        return type
    }

    // MARK: - Primitives

    private mutating func checkPrimitive(_ value: Document.Index, _ format: PrimitiveFormat) {
        let kind = document.kind(value)
        switch format.jsonKind {
        case .boolean:
            if kind != .true, kind != .false { report(.structure, at: value, "the value is true or false, unquoted") }
        case .number:
            if kind != .number {
                report(.structure, at: value, "the value is a JSON number")
            } else if !format.matches(document.rawText(value)) {
                reportFormat(value, format)
            }
        case .string:
            let isValid: Bool
            switch kind {
            case .string: isValid = format.matches(document.rawText(value))
            case .escapedString where format == .string: isValid = EscapedText.isString(document.rawText(value))
            case .escapedString where format == .xhtml && PrimitiveText.isXHTML(document.rawText(value)): isValid = true
            case .escapedString: isValid = document.withString(value) { format.matches($0) }
            default:
                report(.structure, at: value, "the value is a JSON string")
                return
            }
            if !isValid { reportFormat(value, format) }
            if format == .string, document.count(value) > Self.maximumStringByteCount {
                report(.tooLong, at: value, "a string has at most 1 MiB")
            }
        }
    }

    /// R4 datatypes.html#string.
    private static let maximumStringByteCount = 1 << 20

    private mutating func reportFormat(_ value: Document.Index, _ format: PrimitiveFormat) {
        report(.value, at: value, "the value has to be \(format.demand)")
    }

    // MARK: - Companions of primitives (R4 json.html#primitive)

    /// `_name`: an object with id or extensions, or an array of those, aligned with the values by null.
    private mutating func checkCompanion(_ key: Document.Index, in object: Document.Index, isRepeating: Bool) {
        let value = key &+ 1
        guard isRepeating else {
            if document.kind(value) == .object {
                checkObject(value, rules.companionType, nil)
            } else {
                report(.structure, at: value, "the companion of a primitive is an object")
            }
            return
        }
        guard document.kind(value) == .array else {
            report(.structure, at: value, "the element repeats, so its companion is an array")
            return
        }
        let end = document.next(value)
        var item = document.firstChild(value)
        var position = 0
        while item < end {
            switch document.kind(item) {
            case .object: checkObject(item, rules.companionType, nil)
            case .null:
                if other(of: key, position, in: object, isCompanion: false) != .value {
                    report(.structure, at: item, "null stands where the other array has a value")
                }
            default: report(.structure, at: item, "the companion of a primitive is an object or null")
            }
            item = document.next(item)
            position += 1
        }
    }

    /// A null among values is right where the companion has an object.
    private mutating func checkNull(
        _ item: Document.Index, _ position: Int, beside key: Document.Index, in object: Document.Index, _ type: TypeID
    ) {
        let isPrimitive = rules.types[Int(type.rawValue)].shape == .primitive
        if !isPrimitive || other(of: key, position, in: object, isCompanion: true) != .value {
            report(.structure, at: item, "null stands only where the companion array has an object")
        }
    }

    private enum Other { case none, null, value }

    /// What the array beside the one under `key` has at a position.
    private func other(of key: Document.Index, _ position: Int, in object: Document.Index, isCompanion: Bool) -> Other {
        let name = document.string(key)
        let otherName = isCompanion ? "_" + name : String(name.dropFirst())
        guard let array = document.member(named: otherName, of: object), document.kind(array) == .array else {
            return .none
        }
        let end = document.next(array)
        var item = document.firstChild(array)
        for _ in 0..<position where item < end { item = document.next(item) }
        guard item < end else { return .none }
        return document.kind(item) == .null ? .null : .value
    }

    // MARK: - Choices

    /// Only one variant of a choice may be there (R4 json.html#1.0); its companion counts as the same one.
    private mutating func checkChoice(
        _ key: Document.Index, _ property: Property, in object: Document.Index, _ type: TypeID
    ) {
        var other = document.firstChild(object)
        while other < key {
            let earlier = document.withString(other) { definitions.property($0, of: type) }
            if let earlier, earlier.element == property.element, earlier.type != property.type {
                report(.structure, at: key + 1, "the element has values of several types")
                return
            }
            other = document.next(other + 1)
        }
    }

    // MARK: - Reports

    /// Keeps an error about the value at `index`, unless there are enough.
    @inline(never)
    mutating func report(_ code: ValidationIssue.Code, at index: Document.Index, _ message: String) {
        guard issues.count < StructureValidator.maximumIssueCount else { return }
        append(.error, code, at: index, path.expression(to: index), message)
    }

    @inline(never)
    private mutating func reportMissing(_ missing: UInt64, of type: TypeID, in object: Document.Index) {
        let parent = path.expression(to: object)
        for element in definitions.elements(of: type) where missing & (1 << UInt64(element.order)) != 0 {
            guard issues.count < StructureValidator.maximumIssueCount else { return }
            append(
                ToleratedOmission.isTolerated(element.path, in: object, of: document) ? .warning : .error, .required,
                at: object, "\(parent).\(element.name)", "the element \(element.path) is missing")
        }
    }

    private mutating func append(
        _ severity: ValidationIssue.Severity, _ code: ValidationIssue.Code, at index: Document.Index,
        _ expression: String, _ message: String
    ) {
        let offset = document.byteRange(index).lowerBound
        let place = lines.place(of: offset, in: document)
        issues.append(
            ValidationIssue(
                severity, code, at: expression, message, byteOffset: offset, line: place.line, column: place.column))
    }

    private var path: TapePath {
        TapePath(document: document, root: root, rootType: rootType, definitions: definitions)
    }
}
