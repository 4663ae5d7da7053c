import FHIRDefinitions
import JSONTape

/// Numbers the standard's codes and works out what its value sets hold (R4 valueset.html#compositions).
struct StandardCodesBuilder {
    /// A value set while it is put together.
    private struct Content {
        var numbers: Set<UInt32> = []
        var systems: Set<UInt16> = []
        var openSystems: Set<UInt16> = []
        var rules: Set<StandardCodeTables.Rule> = []
        var isOpen = false

        /// Gives up telling by grammar, where the parts of a definition are not just added.
        mutating func dropRules() {
            openSystems.formUnion(rules.map(\.system))
            rules = []
        }
    }

    private let terminology: StandardTerminology
    private let valueSetURLs: [String]
    private let valueSets = KeyTable(capacity: 1 << 11)
    private let systems = KeyTable(capacity: 1 << 11)
    private let codes = KeyTable(capacity: 1 << 15)
    private var systemCount: UInt16 = 0
    private var listedSystemCount: UInt16 = 0
    private var codeCount: UInt32 = 0
    private var grammars: [UInt16: CodeGrammar] = [:]
    /// By number of the code system: the numbers of its codes.
    private var extents: [Range<UInt32>] = []
    /// By code number.
    private var systemOfCode: [UInt16] = []
    private var flags: [UInt8] = []
    private var textStarts: [UInt32] = [0]
    private var texts: [Range<Int>] = []
    private var versions: [String?] = []
    /// By number of the value set; nil while one is being worked out, so that none goes in circles.
    private var contents: [Int: Content?] = [:]
    private var hierarchies: [String: ResourceCodeSystem] = [:]

    init(_ terminology: StandardTerminology) {
        self.terminology = terminology
        valueSetURLs = terminology.urls(of: "ValueSet")
    }

    mutating func build() -> StandardCodeTables {
        for url in terminology.urls(of: "CodeSystem") {
            guard let (resource, place) = terminology.placedResource("CodeSystem", url: url) else { continue }
            read(system: url, resource, place.lowerBound)
        }
        // Their texts stand in no table.
        for url in ListedCodeSystem.urls where systems.value(url, owner: 0) == nil {
            if let resource = ListedCodeSystem.resource(url) { read(system: url, resource, nil) }
        }
        listedSystemCount = systemCount
        for (number, url) in valueSetURLs.enumerated() { insert(url, UInt32(number), into: valueSets) }
        versions = Array(repeating: nil, count: valueSetURLs.count)
        var (lows, highs): ([UInt32], [UInt32]) = ([], [])
        var sets: [StandardCodeTables.Members] = []
        for number in valueSetURLs.indices {
            let content = content(number) ?? Content(isOpen: true)
            let start = lows.count
            for code in content.numbers.sorted() {
                if lows.count > start, highs[highs.count - 1] + 1 == code {
                    highs[highs.count - 1] = code
                } else {
                    lows.append(code)
                    highs.append(code)
                }
            }
            sets.append(
                StandardCodeTables.Members(
                    rules: content.rules.sorted { $0.system < $1.system },
                    ranges: start..<lows.count, systems: content.systems.sorted(),
                    openSystems: content.openSystems.sorted(), isOpen: content.isOpen))
        }
        return StandardCodeTables(
            valueSets: valueSets, systems: systems, listedSystemCount: listedSystemCount,
            grammars: grammars, codes: codes, versions: versions, sets: sets, lows: lows, highs: highs, flags: flags,
            textStarts: textStarts, texts: texts)
    }

    private func insert(_ text: String, owner: UInt16 = 0, _ value: UInt32, into table: KeyTable) {
        var text = text
        text.withUTF8 { table.insert($0, owner: owner, value) }
    }

    // MARK: - Code systems

    private mutating func system(_ url: String) -> UInt16 {
        if let known = systems.value(url, owner: 0) { return UInt16(known) }
        insert(url, UInt32(systemCount), into: systems)
        grammars[systemCount] = CodeGrammar(system: url)
        systemCount += 1
        return systemCount - 1
    }

    private mutating func read(system url: String, _ resource: JSONNode, _ offset: Int?) {
        let number = system(url)
        let start = codeCount
        for concept in resource["concept"]?.items ?? [] { add(concept, number, offset) }
        extents.append(start..<codeCount)
    }

    /// - Parameter offset: of the resource in the standard's table; nil where it is not in there.
    private mutating func add(_ concept: JSONNode, _ system: UInt16, _ offset: Int?) {
        if let code = concept["code"]?.string, !code.isEmpty, codes.value(code, owner: system) == nil {
            let properties = ConceptReader.properties(concept)
            if let offset {
                let found = [concept["display"]] + (concept["designation"]?.items ?? []).map { $0["value"] }
                for node in found.compactMap(\.self) {
                    let range = node.document.byteRange(node.index)
                    texts.append(range.lowerBound + offset..<range.upperBound + offset)
                }
            }
            append(
                code, system,
                (ConceptReader.isInactive(properties) ? StandardCodeTables.inactive : 0)
                    | (ConceptReader.isAbstract(properties) ? StandardCodeTables.abstract : 0))
        }
        for inner in concept["concept"]?.items ?? [] { add(inner, system, offset) }
    }

    private mutating func append(_ code: String, _ system: UInt16, _ flags: UInt8) {
        insert(code, owner: system, codeCount, into: codes)
        codeCount += 1
        systemOfCode.append(system)
        self.flags.append(flags)
        textStarts.append(UInt32(texts.count))
    }

    // MARK: - Value sets

    /// Nil for one that is being worked out.
    private mutating func content(_ number: Int) -> Content? {
        if let known = contents[number] { return known }
        contents[number] = .some(nil)
        var content = Content(isOpen: true)
        if let resource = terminology.resource("ValueSet", url: valueSetURLs[number]) {
            versions[number] = resource["version"]?.string
            if let definition = try? ValueSetDefinition(resource), definition.hasDefinition {
                content = self.content(definition)
            }
        }
        contents[number] = content
        return content
    }

    private mutating func content(_ definition: ValueSetDefinition) -> Content {
        var result = Content()
        for part in definition.includes {
            let part = content(part)
            result.numbers.formUnion(part.numbers)
            result.systems.formUnion(part.systems)
            result.openSystems.formUnion(part.openSystems)
            result.rules.formUnion(part.rules)
            result.isOpen = result.isOpen || part.isOpen
        }
        if !definition.excludes.isEmpty { result.dropRules() }
        for part in definition.excludes {
            var excluded = content(part)
            excluded.dropRules()
            result.numbers.subtract(excluded.numbers)
            // Of what cannot be told to be excluded, nothing can be told.
            if excluded.isOpen { result = Content(systems: result.systems, isOpen: true) }
            if !excluded.openSystems.isEmpty {
                let doubtful = result.numbers.filter { excluded.openSystems.contains(systemOfCode[Int($0)]) }
                result.numbers.subtract(doubtful)
                result.openSystems.formUnion(doubtful.map { systemOfCode[Int($0)] })
            }
        }
        if !definition.takesInactive {
            result.numbers = result.numbers.filter { flags[Int($0)] & StandardCodeTables.inactive == 0 }
        }
        return result
    }

    private mutating func content(_ part: ValueSetDefinition.Part) -> Content {
        var result: Content?
        if let url = part.system { result = content(of: url, part) }
        for canonical in part.valueSets {
            let imported = valueSets.value(Canonical(canonical).url, owner: 0).flatMap { content(Int($0)) }
            var other = imported ?? Content(isOpen: true)
            guard var both = result else {
                result = other
                continue
            }
            both.dropRules()
            other.dropRules()
            // A code that one of them holds for certain, and another perhaps, is one that cannot be told.
            both.numbers.formIntersection(other.numbers)
            both.openSystems.formUnion(other.openSystems)
            both.isOpen = both.isOpen || other.isOpen
            result = both
        }
        return result ?? Content()
    }

    private mutating func content(of url: String, _ part: ValueSetDefinition.Part) -> Content {
        let number = system(url)
        var result = Content(systems: [number])
        let isListed = number < listedSystemCount
        if let concepts = part.concepts {
            for concept in concepts where !concept.code.isEmpty {
                if !isListed, codes.value(concept.code, owner: number) == nil { append(concept.code, number, 0) }
                if let code = codes.value(concept.code, owner: number) { result.numbers.insert(code) }
            }
        } else if !isListed {
            if let grammar = grammars[number], let rule = rule(number, grammar, part.filters) {
                result.rules = [rule]
            } else {
                result.openSystems = [number]
            }
        } else if part.filters.isEmpty {
            result.numbers = Set(extents[Int(number)])
        } else if let numbers = selected(url, number, part.filters) {
            result.numbers = numbers
        } else {
            result.openSystems = [number]
        }
        return result
    }

    /// What tells the codes that filters leave; nil for filters that cannot be understood.
    private func rule(
        _ system: UInt16, _ grammar: CodeGrammar, _ filters: [ConceptFilter]
    ) -> StandardCodeTables.Rule? {
        if filters.isEmpty { return .init(system: system, grammar: grammar) }
        // R4 ucum.html, filter `canonical`
        guard grammar == .unit, filters.count == 1, filters[0].op == .equal, filters[0].property == "canonical" else {
            return nil
        }
        return .init(system: system, grammar: grammar, unit: filters[0].value)
    }

    /// The codes of a listed system that filters leave; nil for filters that cannot be understood.
    private mutating func selected(_ url: String, _ system: UInt16, _ filters: [ConceptFilter]) -> Set<UInt32>? {
        if hierarchies[url] == nil {
            hierarchies[url] = terminology.resource("CodeSystem", url: url).map { ResourceCodeSystem($0) }
        }
        guard let content = hierarchies[url], let tests = try? filters.map(content.matcher) else { return nil }
        var numbers: Set<UInt32> = []
        for position in content.codes.indices where tests.allSatisfy({ $0(position) }) {
            if let code = codes.value(content.codes[position], owner: system) { numbers.insert(code) }
        }
        return numbers
    }
}
