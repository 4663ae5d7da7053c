import FHIRDefinitions
import FHIRPath
import JSONTape

/// The pass over one resource: members against the type's elements, values against their formats, codes against their
/// value sets, references against their targets, and every element against its invariants.
struct StructureWalk {
    let document: Document
    let root: Document.Index
    let rootType: TypeID
    let validator: ResourceValidator
    let definitions: FHIRDefinitions
    let engine: FHIRPathEngine
    let rules: RuleTable
    let options: ValidationOptions
    var report: IssueList
    var scope: ResourceScope
    /// Types of the entries of the bundles that the walk is in, by place of the bundle and full URL; read when the
    /// first reference needs them.
    var entries: [Document.Index: [String: TypeID]] = [:]
    let tables: ProfileTables
    /// Profiles asked for, and where their definitions are.
    let demand: ProfileDemand
    var progress = ProfileProgress()
    /// Steps that invariants have taken.
    var stepCount = 0

    init(
        document: Document, root: Document.Index, rootType: TypeID, _ validator: ResourceValidator,
        _ options: ValidationOptions, _ demand: ProfileDemand
    ) {
        self.document = document
        self.root = root
        self.rootType = rootType
        self.validator = validator
        definitions = validator.definitions
        engine = validator.engine
        rules = validator.rules
        tables = validator.tables
        self.demand = demand
        self.options = options
        let path = TapePath(document: document, root: root, rootType: rootType, definitions: validator.definitions)
        report = IssueList(path: path, includesWarnings: options.includesWarnings)
        scope = ResourceScope(root: root, type: rootType)
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
        checkNamedProfiles(root, type)
        if options.includesWarnings { checkForReport(root, type) }
        if !demand.canonicals.isEmpty { checkDemandedProfiles(root, type) }
    }

    // MARK: - Objects

    /// Checks an object's members; `place` is nil for everything but resources.
    mutating func checkObject(
        _ object: Document.Index, _ type: TypeID, _ place: Place?, invariants: Span16 = .none
    ) {
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
        // The first element of all that are no resources is the id.
        if seen == 1, !rule.isResource, type != rules.companionType {
            report(.invariant, at: object, "an element has a value or children besides its id", rule: "ele-1")
        }
        if let contained, place != .contained { checkContained(contained, in: object) }
        if rule.rule != .none { check(rule: rule.rule, object, type) }
        if !rule.invariants.isEmpty { check(rule.invariants, of: object, type, elements: seen) }
        if !invariants.isEmpty { check(invariants, of: object, type, elements: seen) }
    }

    private mutating func check(rule: ObjectRule, _ object: Document.Index, _ type: TypeID) {
        switch rule {
        case .none: break
        case .extension: checkExtension(object)
        case .bundleEntry: checkFullURL(of: object)
        case .coding: if options.includesWarnings { checkDisplay(ofCoding: object) }
        case .attachment: if options.includesWarnings { checkAttachment(object) }
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
            let isRight = checkPrimitive(value, rule.format)
            if element.use != .max, isRight { checkUse(ofPrimitive: value, type, rules.uses[Int(element.use)]) }
            return
        }
        guard document.kind(value) == .object else {
            report(.structure, at: value, "the element is a JSON object")
            return
        }
        guard rule.shape == .anyResource else {
            if element.use == .max {
                checkObject(value, type, nil)
                if type == rules.known.reference { checkReference(value, targets: .none, slip: nil) }
            } else {
                checkUsed(value, type, rules.uses[Int(element.use)])
            }
            return
        }
        checkResource(value, element, place)
    }

    /// An object of which its element asks more than its type does.
    private mutating func checkUsed(_ value: Document.Index, _ type: TypeID, _ use: ElementUse) {
        checkObject(value, type, nil, invariants: use.invariants)
        if type == rules.known.reference {
            checkReference(value, targets: use.targets, slip: use.slip)
        } else if use.binding != .max {
            checkBinding(rules.bindings[Int(use.binding)], of: value, type)
        }
        if use.isSimpleQuantity, let comparator = document.member("comparator", of: value) {
            report(.invariant, at: comparator, "a SimpleQuantity has no comparator", rule: "sqt-1")
        }
    }

    // MARK: - Resources

    private mutating func checkResource(_ value: Document.Index, _ element: ElementRule, _ place: Place?) {
        if element.isContained, place == .contained {
            report(.structure, at: value, "a contained resource may not contain others", rule: "dom-2")
        }
        guard let type = resourceType(at: value) else { return }
        if element.isContained {
            let (resource, resourceType) = (scope.resource, scope.resourceType)
            scope.resource = value
            scope.resourceType = type
            checkObject(value, type, .contained)
            checkNamedProfiles(value, type)
            (scope.resource, scope.resourceType) = (resource, resourceType)
        } else {
            let outer = scope
            let isEntry = scope.resourceType == rules.known.bundle
            scope = ResourceScope(root: value, type: type, bundle: isEntry ? scope.resource : scope.bundle)
            checkObject(value, type, .entry)
            checkNamedProfiles(value, type)
            scope = outer
        }
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

    @inline(never)
    private mutating func reportMissing(_ missing: UInt64, of type: TypeID, in object: Document.Index) {
        for element in definitions.elements(of: type) where missing & (1 << UInt64(element.order)) != 0 {
            let isTolerated = PublishedSlip.isOmission(element.path, in: object, of: document, at: path(to: object))
            report.add(
                isTolerated ? options.slipSeverity : .error, .required, at: object, member: element.name,
                "the element \(element.path) is missing")
        }
    }

    // MARK: - Reports

    /// FHIRPath of a value.
    func path(to index: Document.Index) -> String {
        TapePath(document: document, root: root, rootType: rootType, definitions: definitions).expression(to: index)
    }

    /// Keeps an error about the value at `index`, unless there are enough.
    mutating func report(
        _ code: ValidationIssue.Code, at index: Document.Index, _ message: @autoclosure () -> String,
        rule: String? = nil
    ) {
        report.add(.error, code, at: index, message(), rule: rule)
    }

    mutating func warn(
        _ code: ValidationIssue.Code, at index: Document.Index, _ message: @autoclosure () -> String,
        rule: String? = nil
    ) {
        report.add(.warning, code, at: index, message(), rule: rule)
    }
}
