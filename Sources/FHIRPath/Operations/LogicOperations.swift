/// Logic with three values: true, false and empty (FHIRPath 2.0 §6.5). What the left side decides alone leaves the
/// right side unread.
final class AndOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation

    init(_ left: any Operation, _ right: any Operation) {
        self.left = left
        self.right = right
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let first = try left.truth(scope)
        if first == false { return false }
        let second = try right.truth(scope)
        if second == false { return false }
        return first == nil || second == nil ? nil : true
    }
}

final class OrOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation

    init(_ left: any Operation, _ right: any Operation) {
        self.left = left
        self.right = right
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let first = try left.truth(scope)
        if first == true { return true }
        let second = try right.truth(scope)
        if second == true { return true }
        return first == nil || second == nil ? nil : false
    }
}

final class XorOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation

    init(_ left: any Operation, _ right: any Operation) {
        self.left = left
        self.right = right
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        guard let first = try left.truth(scope), let second = try right.truth(scope) else { return nil }
        return first != second
    }
}

final class ImpliesOperation: BooleanOperation {
    private let left: any Operation
    private let right: any Operation

    init(_ left: any Operation, _ right: any Operation) {
        self.left = left
        self.right = right
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        let condition = try left.truth(scope)
        if condition == false { return true }
        let conclusion = try right.truth(scope)
        if condition == nil { return conclusion == true ? true : nil }
        return conclusion
    }
}

final class NotOperation: BooleanOperation {
    private let operand: any Operation
    private let offset: Int

    init(_ operand: any Operation, at offset: Int) {
        self.operand = operand
        self.offset = offset
    }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? {
        do {
            return try operand.truth(scope).map { !$0 }
        } catch {
            throw error.located(at: offset)
        }
    }
}

final class ExistsOperation: BooleanOperation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? { try source.isPresent(scope) }
}

final class EmptyOperation: BooleanOperation {
    private let source: any Operation

    init(_ source: any Operation) { self.source = source }

    func truth(_ scope: Scope) throws(FHIRPathError) -> Bool? { !(try source.isPresent(scope)) }
}
