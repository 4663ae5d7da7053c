import FHIRDefinitions

/// Tables to plan: the first stage of the generator.
struct ModelPlanner {
    let definitions: FHIRDefinitions
    let resources: [String]
    /// Choices written already, by the types they take, with the outermost type they are in.
    private var choices: [[TypeID]: [(root: String, swiftName: String)]] = [:]

    init(_ definitions: FHIRDefinitions, resources: [String]) {
        self.definitions = definitions
        self.resources = resources
    }

    /// The data types of the tables and the named resources.
    mutating func plan() throws -> ModelPlan {
        var plan = ModelPlan()
        let dataTypes = definitions.types.filter { type in
            type.kind == .complex && !type.isAbstract && SwiftNames.typesOfOtherNames[type.name] == nil
        }
        for type in dataTypes.map(\.name).sorted() { plan.files.append(try file(type)) }
        for name in resources.sorted() {
            guard definitions.resourceType(named: name) != nil else { throw PlanError(message: "no resource \(name)") }
            plan.files.append(try file(name))
            plan.resources.append((name, SwiftNames.type(name)))
        }
        return plan
    }

    private mutating func file(_ name: String) throws -> ModelFile {
        let backbones = definitions.types.filter { $0.kind == .backbone && $0.name.hasPrefix(name + ".") }
        var file = ModelFile(structure: try structure(name, root: name))
        for backbone in backbones { file.nested.append(try structure(backbone.name, root: name)) }
        return file
    }

    private mutating func structure(_ name: String, root: String) throws -> ModelStructure {
        guard let type = definitions.type(named: name) else { throw PlanError(message: "no type \(name)") }
        var structure = ModelStructure(
            name: name, swiftName: SwiftNames.type(name), isResource: definitions[type].kind == .resource)
        for element in definitions.elements(of: type) {
            structure.elements.append(try self.element(element))
            if element.isChoice { structure.choices.append(choice(element, in: structure.swiftName, root: root)) }
        }
        return structure
    }

    private func element(_ element: ElementDefinition) throws -> ModelElement {
        guard let type = element.types.first?.type else { throw PlanError(message: "\(element.path) has no type") }
        let kind: ModelElement.Kind
        var swiftType = swiftType(type)
        if element.isChoice {
            guard !element.isRepeating else { throw PlanError(message: "\(element.path) repeats a choice") }
            kind = .choice
            swiftType = choiceName(element)
        } else if element.isRepeating {
            kind = .all
        } else {
            kind = definitions[type].kind == .primitive ? .one : .boxed
        }
        return ModelElement(name: element.name, kind: kind, type: swiftType, note: note(element))
    }

    private func choiceName(_ element: ElementDefinition) -> String {
        SwiftNames.choice(element.name, typeNames: element.types.map { definitions.name(of: $0.type) })
    }

    private func swiftType(_ type: TypeID) -> String { SwiftNames.type(definitions.name(of: type)) }

    /// `1..1 code, required administrative-gender`
    private func note(_ element: ElementDefinition) -> String {
        var note = "\(element.min)..\(element.max.map(String.init) ?? "*")"
        if !element.isChoice, let type = element.types.first {
            note += " " + definitions.name(of: type.type)
            if !type.targets.isEmpty, type.targets.count <= 6 {
                note += "(" + type.targets.map(definitions.name).joined(separator: " | ") + ")"
            }
        }
        if let binding = element.binding, binding.strength == .required || binding.strength == .extensible {
            note += ", \(binding.strength) " + (binding.valueSet.split(separator: "/").last ?? "")
        }
        return note
    }

    /// A choice of the same types in the same resource, or of all open types, is written once.
    private mutating func choice(_ element: ElementDefinition, in owner: String, root: String) -> ModelChoice {
        let name = choiceName(element)
        let types = element.types.map(\.type)
        let known = choices[types] ?? []
        if let same = known.first(where: { $0.root == root || types.count >= Self.openTypeCount }) {
            return ModelChoice(swiftName: name, alias: same.swiftName)
        }
        choices[types, default: []].append((root, owner + "." + name))
        return ModelChoice(
            swiftName: name,
            cases: types.map { type in
                let typeName = definitions.name(of: type)
                return ModelChoice.Case(
                    name: SwiftNames.uncapitalized(typeName), suffix: SwiftNames.capitalized(typeName),
                    type: swiftType(type), isIndirect: definitions[type].kind != .primitive)
            })
    }

    /// R4 datatypes.html#open: fifty types.
    private static let openTypeCount = 50
}

/// Why no models could be planned.
struct PlanError: Error, CustomStringConvertible {
    var message: String
    var description: String { message }
}
