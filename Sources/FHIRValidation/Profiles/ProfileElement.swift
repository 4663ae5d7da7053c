import FHIRDefinitions
import FHIRPath
import FHIRProfiles
import FHIRTerminology
import JSONTape

/// What a profile asks of one element, or of one slice of it (R4 elementdefinition.html), beyond what its type does.
final class ProfileElement: Sendable {
    /// Without `[x]`; of the root the type.
    let name: String
    let sliceName: String?
    /// As the profile says them.
    let min: Int
    let max: Int?
    /// How many there have to be, where the type itself does not ask for as many; nil as `max` is not limited more.
    let demandedMin: Int
    let allowedMax: Int?
    let types: [ProfileType]
    /// Whether the profile leaves fewer types than the standard, or names profiles or targets of them.
    let narrowsTypes: Bool
    let fixed: JSONNode?
    let pattern: JSONNode?
    /// `minValue[x]` and `maxValue[x]`.
    let least: JSONNode?
    let greatest: JSONNode?
    let maxLength: Int?
    let binding: ProfileBinding?
    let constraints: [ProfileConstraint]
    let slicing: ProfileSlicing?
    /// Id of the element whose children are this one's.
    let contentReference: String?
    let isModifier: Bool
    let isMustSupport: Bool
    /// Whether it, or anything below it, is must-support.
    let hasMustSupport: Bool
    let children: [ProfileElement]
    let slices: [ProfileElement]
    /// Whether no value can break what this says, however deep.
    let isIdle: Bool

    init(
        name: String, sliceName: String?, members: ElementMembers, base: ElementDefinition?,
        isSlice: Bool, constraints: [ProfileConstraint], children: [ProfileElement], slices: [ProfileElement]
    ) {
        self.name = name
        self.sliceName = sliceName
        self.constraints = constraints
        self.children = children
        self.slices = slices
        min = members["min"]?.integer ?? 0
        let limit = members["max"]?.string.flatMap { Int($0) }
        max = limit
        demandedMin = !isSlice && min <= (base?.min ?? 0) ? 0 : min
        // Of an element that does not repeat there is one at most anyhow.
        allowedMax = limit.flatMap { limit in !isSlice && base?.max.map { $0 <= limit } == true ? nil : limit }
        let types = (members["type"]?.items ?? []).map(ProfileType.init)
        self.types = types
        narrowsTypes =
            types.contains { !$0.profiles.isEmpty || !$0.targetProfiles.isEmpty || !$0.aggregation.isEmpty }
            || base.map { $0.types.count > types.count && !types.isEmpty } ?? false
        fixed = members.value("fixed")
        pattern = members.value("pattern")
        least = members.value("minValue")
        greatest = members.value("maxValue")
        maxLength = members["maxLength"]?.integer
        binding = members["binding"].flatMap { ProfileBinding($0, base: base?.binding) }
        slicing = members["slicing"].map(ProfileSlicing.init)
        contentReference = members["contentReference"]?.string.flatMap {
            $0.split(separator: "#").last.map(String.init)
        }
        isModifier = members["isModifier"]?.bool ?? false
        let isMustSupport = members["mustSupport"]?.bool ?? false
        self.isMustSupport = isMustSupport
        hasMustSupport =
            isMustSupport || children.contains(where: \.hasMustSupport) || slices.contains(where: \.hasMustSupport)
        isIdle =
            demandedMin == 0 && allowedMax == nil && !narrowsTypes && fixed == nil && pattern == nil && least == nil
            && greatest == nil && maxLength == nil && binding == nil && constraints.isEmpty && slices.isEmpty
            && contentReference == nil && children.allSatisfy(\.isIdle)
    }

    /// How messages name it.
    var title: String { sliceName.map { "\(name), slice \($0)" } ?? name }
}

extension ElementMembers {
    /// The value of a choice such as `fixed[x]`.
    fileprivate func value(_ prefix: String) -> JSONNode? {
        members.first {
            guard $0.key.hasPrefix(prefix), let next = $0.key.dropFirst(prefix.count).utf8.first else { return false }
            return next >= UInt8(ascii: "A") && next <= UInt8(ascii: "Z")
        }?.value
    }
}

/// A type that an element may have.
struct ProfileType: Sendable {
    var code: String
    /// Canonicals of profiles, one of which the value has to meet.
    var profiles: [String]
    var targetProfiles: [String]
    /// contained, referenced, bundled.
    var aggregation: [String]

    init(_ node: JSONNode) {
        code = node["code"]?.string ?? ""
        profiles = (node["profile"]?.items ?? []).compactMap(\.string)
        targetProfiles = (node["targetProfile"]?.items ?? []).compactMap(\.string)
        aggregation = (node["aggregation"]?.items ?? []).compactMap(\.string)
    }
}

/// What codes an element takes.
struct ProfileBinding: Sendable {
    var url: String
    /// Whether a code outside is an error; else it is a warning.
    var isRequired: Bool
    /// Nil where the standard does not have the value set.
    var codes: StandardCodes.ValueSet?

    /// Nil where the strength asks nothing, or no more than the standard does.
    init?(_ node: JSONNode, base: Binding?) {
        guard let url = node["valueSet"]?.string, let strength = node["strength"]?.string,
            strength == "required" || strength == "extensible"
        else { return nil }
        // R4 limits the units of components of vital signs to twelve. An oxygen flow has none of these, so later
        // versions made the binding extensible.
        let isSlip = CanonicalURL(url).url == "http://hl7.org/fhir/ValueSet/ucum-vitals-common"
        isRequired = strength == "required" && !isSlip
        self.url = url
        if let base, CanonicalURL(base.valueSet).url == CanonicalURL(url).url,
            base.strength == .required || !isRequired
        {
            return nil
        }
        codes = StandardCodes.r4.valueSet(url)
    }
}

/// An invariant that the profile adds.
struct ProfileConstraint: Sendable {
    var key: String
    var isError: Bool
    var human: String
    /// Nil with the reason where the expression cannot be compiled.
    var expression: FHIRPathExpression?
    var fault: String?
}

/// How the values of an element are told apart (R4 profiling.html#slicing).
struct ProfileSlicing: Sendable {
    enum Rules: String, Sendable {
        case open, closed, openAtEnd
    }

    struct Discriminator: Sendable {
        var kind: String
        /// Nil for a path that is not of the simple form.
        var steps: [DiscriminatorStep]?
    }

    var discriminators: [Discriminator]
    var rules: Rules
    var isOrdered: Bool

    init(_ node: JSONNode) {
        discriminators = (node["discriminator"]?.items ?? []).map {
            Discriminator(kind: $0["type"]?.string ?? "", steps: DiscriminatorStep.steps($0["path"]?.string ?? ""))
        }
        rules = node["rules"]?.string.flatMap(Rules.init) ?? .open
        isOrdered = node["ordered"]?.bool ?? false
    }
}

/// One step of a discriminator's path: FHIRPath with no more than these (R4 profiling.html#discriminator).
enum DiscriminatorStep: Sendable, Hashable {
    case name(String)
    case `extension`(String)
    case resolve
    case ofType(String)

    /// Nil where the path holds something else.
    static func steps(_ path: String) -> [DiscriminatorStep]? {
        var steps: [DiscriminatorStep] = []
        var rest = path[...]
        while !rest.isEmpty {
            let name = rest.prefix { $0 != "." && $0 != "(" }
            rest = rest.dropFirst(name.count)
            var argument: String?
            if rest.first == "(" {
                guard let end = rest.firstIndex(of: ")") else { return nil }
                argument = String(rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            }
            if rest.first == "." { rest = rest.dropFirst() }
            switch (name, argument) {
            case ("$this", nil): break
            case ("resolve", ""?): steps.append(.resolve)
            case ("extension", let url?): steps.append(.extension(url.filter { $0 != "'" && $0 != "\"" }))
            case ("ofType", let type?), ("as", let type?): steps.append(.ofType(type))
            case (_, nil) where !name.isEmpty:
                steps.append(.name(name.hasSuffix("[x]") ? String(name.dropLast(3)) : String(name)))
            default: return nil
            }
        }
        return steps
    }
}
