import FHIRDefinitions

/// Binds parsed search paths to a type with the help of the definitions.
struct PathBinder {
    let definitions: FHIRDefinitions
    let kind: SearchKind

    /// A path with the type test that its expression put on the reference.
    struct Result {
        var path: BoundPath
        /// From `where(resolve() is X)`.
        var refersTo: TypeID?
    }

    private struct Cursor {
        var path: BoundPath
        var refersTo: TypeID?
    }

    /// The values of `path` in a context of type `context`; empty if the path opens with the name of another type.
    func bind(_ path: SearchPath, context: TypeID) throws(SearchError) -> [Result] {
        if case .type(let name) = path.root, !isSelfOrBase(name, of: context) { return [] }
        var start = BoundPath(leaf: context, leafName: definitions.name(of: context))
        start.existsAndNotFalse = path.isExistsAndNotFalse
        var cursors = [Cursor(path: start)]
        for step in path.steps {
            cursors = try advance(cursors, by: step)
            if cursors.isEmpty { throw SearchError(.unsupportedExpression, "No element fits the path.") }
        }
        let results = cursors.flatMap { leaves(of: $0) }
        if results.isEmpty {
            throw SearchError(.unsupportedExpression, "No element of a type that \(kind) search takes.")
        }
        return results
    }

    private func isSelfOrBase(_ name: String, of type: TypeID) -> Bool {
        name == definitions.name(of: type) || name == "Resource" || name == "DomainResource"
    }

    private func advance(_ cursors: [Cursor], by step: SearchPath.Step) throws(SearchError) -> [Cursor] {
        switch step {
        case .member(let name):
            return cursors.flatMap { members(name, of: $0) }
        case .narrowed(let type):
            let lower = type.prefix(1).lowercased() + type.dropFirst()
            return cursors.filter { $0.path.leafName == type || $0.path.leafName == lower }
        case .memberEquals(let name, let value):
            return cursors.filter { definitions.property(named: name, of: $0.path.leaf) != nil }
                .map { filtered($0, .memberEquals(name, value)) }
        case .hasExtension(let url):
            return cursors.map { filtered($0, .hasExtension(url)) }
        case .extensionWith(let url):
            return cursors.flatMap { members("extension", of: $0) }.map { filtered($0, .memberEquals("url", url)) }
        case .refersTo(let type):
            guard let id = definitions.resourceType(named: type) else {
                throw SearchError(.unsupportedExpression, "Unknown type \(type).")
            }
            return cursors.map {
                var cursor = $0
                cursor.refersTo = id
                return cursor
            }
        case .index(let position):
            return cursors.map {
                var cursor = $0
                cursor.path.steps[cursor.path.steps.count - 1].position = position
                return cursor
            }
        }
    }

    private func filtered(_ cursor: Cursor, _ filter: BoundPath.Filter) -> Cursor {
        var cursor = cursor
        cursor.path.steps[cursor.path.steps.count - 1].filter = filter
        cursor.path.isMandatory = false
        return cursor
    }

    private func members(_ name: String, of cursor: Cursor) -> [Cursor] {
        let type = definitions.types[Int(cursor.path.leaf.rawValue)]
        guard let element = definitions.elements[type.elements].first(where: { $0.name == name }) else { return [] }
        return element.types.map { candidate in
            let typeName = definitions.name(of: candidate.type)
            var next = cursor
            let suffix = element.isChoice ? typeName.prefix(1).uppercased() + typeName.dropFirst() : ""
            next.path.steps.append(BoundPath.Step(property: element.name + suffix))
            next.path.leaf = candidate.type
            next.path.leafName = typeName
            next.path.repeats = cursor.path.repeats || element.max != 1
            next.path.isMandatory = cursor.path.isMandatory && element.min > 0 && element.types.count == 1
            next.path.targets = candidate.targets
            next.path.element = element
            return next
        }
    }

    /// The cursor itself if its type can be searched by this kind of parameter, else the parts of it that can.
    private func leaves(of cursor: Cursor) -> [Result] {
        let name = cursor.path.leafName
        if name == "Extension" {
            return members("value", of: cursor).flatMap { $0.path.leafName == "Extension" ? [] : leaves(of: $0) }
        }
        if let parts = kind.parts(of: name) {
            return parts.flatMap { part in
                part.reduce([cursor]) { cursors, member in cursors.flatMap { members(member, of: $0) } }
                    .map { Result(path: $0.path, refersTo: nil) }
            }
        }
        let isReadWhole = kind == .composite || cursor.path.existsAndNotFalse
        guard isReadWhole || ValueReader(kind: kind, typeName: name) != nil else { return [] }
        return [Result(path: cursor.path, refersTo: cursor.refersTo)]
    }
}
