package import FHIRDefinitions
package import JSONTape

/// One property that waits to be taken by the element that has it.
///
/// The generic methods here and on `JSONWriter` are kept from being specialised: two hundred copies of each took
/// four minutes to compile in release and made the module half as large again.
package struct PropertyReader {
    package let node: JSONNode
    let key: Document.Index
    package let property: Property
    /// Position of the element among those of its type, from 0.
    package let element: Int
    /// Positions of `null` in an array of primitives.
    private(set) var nulls: [Int] = []

    init(node: JSONNode, key: Document.Index, property: Property, element: Int) {
        self.node = node
        self.key = key
        self.property = property
        self.element = element
    }

    /// Position, among the types that a choice element may have, of the one that the property's name tells.
    package var choice: Int {
        FHIRDefinitions.r4.elements[Int(property.element.rawValue)].types.firstIndex { $0.type == property.type } ?? -1
    }

    /// The error of a type that does not take this property.
    package var unknown: FHIRModelError { FHIRModelError(.unknownProperty) }

    /// Reads the value of a choice.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func value<Value: FHIRModelType>() throws(FHIRModelError) -> Value { try Value(from: node) }

    /// Reads an element that occurs at most once.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func one<Value: FHIRModelType>(_ target: inout Value?) throws(FHIRModelError) {
        target = try Value(from: node)
    }

    /// Reads an element that occurs at most once and is kept in a box.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func boxed<Value: FHIRModelType>(_ target: inout Indirect<Value>) throws(FHIRModelError) {
        target = Indirect(wrappedValue: try Value(from: node))
    }

    /// Reads a choice.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func choice<Value: FHIRChoice>(_ target: inout Value?) throws(FHIRModelError) {
        target = try Value(&self)
    }

    /// Reads an element that repeats.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func all<Value: FHIRModelType>(_ target: inout [Value]) throws(FHIRModelError) {
        guard node.isArray else { throw FHIRModelError(.wrongKind) }
        target.reserveCapacity(node.count)
        var position = 0
        for item in node.elements {
            if Value.isPrimitive, item.isNull {
                nulls.append(position)
            } else {
                do throws(FHIRModelError) {
                    target.append(try Value(from: item))
                } catch {
                    throw error.at(index: position)
                }
            }
            position += 1
        }
    }
}
