import FHIRDefinitions
package import JSONTape

/// A resource of any type: a model where there is one, JSON as it came for the others.
package enum AnyResource: FHIRModelType, FHIRCodableByJSON {
    case model(any FHIRResource)
    case other(OtherResource)

    package init(_ resource: some FHIRResource) { self = .model(resource) }

    /// The resource type's name.
    package var type: String {
        switch self {
        case .model(let resource): Swift.type(of: resource).definition.name
        case .other(let resource): resource.type
        }
    }

    /// The logical id.
    package var id: String? {
        switch self {
        case .model(let resource): resource.id
        case .other(let resource): resource.id
        }
    }

    /// The resource as a model of this type; nil if it is of another.
    package func `as`<Resource: FHIRResource>(_ type: Resource.Type) -> Resource? {
        guard case .model(let resource) = self else { return nil }
        return resource as? Resource
    }

    package init(from node: JSONNode) throws(FHIRModelError) {
        guard let name = node["resourceType"]?.string else { throw FHIRModelError(.wrongResourceType) }
        if let model = ResourceModels.byName[name] {
            self = .model(try model.init(from: node))
        } else if FHIRDefinitions.r4.resourceType(named: name) != nil {
            self = .other(OtherResource(type: name, node))
        } else {
            throw FHIRModelError(.wrongResourceType)
        }
    }

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .model(let resource): resource.write(to: &writer)
        case .other(let resource): writer.raw(resource.json)
        }
    }

    package static func == (left: AnyResource, right: AnyResource) -> Bool {
        switch (left, right) {
        case (.model(let left), .model(let right)): left.equals(right)
        case (.other(let left), .other(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .model(let resource): resource.hash(into: &hasher)
        case .other(let resource): resource.hash(into: &hasher)
        }
    }
}

extension FHIRResource {
    fileprivate func equals(_ other: any FHIRResource) -> Bool { (other as? Self) == self }
}

/// A resource of a type without a model.
package struct OtherResource: Sendable, Hashable {
    package let type: String
    package let id: String?
    /// Compact JSON.
    package let json: [UInt8]

    init(type: String, _ node: JSONNode) {
        self.type = type
        id = node["id"]?.string
        var writer = JSONWriter()
        writer.copy(node)
        json = writer.bytes
    }
}
