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

    /// Why the value could not be taken. Kept here instead of thrown: a path for an error behind each of a type's
    /// elements would be most of its code.
    private(set) var failure: FHIRModelError?

    /// Notes that the type does not take this property.
    package mutating func refuse() { failure = FHIRModelError(.unknownProperty) }

    /// The error of a choice that does not have this type.
    package var unknown: FHIRModelError { FHIRModelError(.unknownProperty) }

    /// Reads the value of a choice.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func value<Value: FHIRModelType>() throws(FHIRModelError) -> Value { try Value(from: node) }

    /// Reads an element that occurs at most once.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func one<Value: FHIRModelType>(_ target: inout Value?) {
        do throws(FHIRModelError) {
            target = try Value(from: node)
        } catch {
            failure = error
        }
    }

    /// Reads an element that occurs at most once and is kept in a box.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func boxed<Value: FHIRModelType>(_ target: inout Indirect<Value>) {
        do throws(FHIRModelError) {
            target = Indirect(wrappedValue: try Value(from: node))
        } catch {
            failure = error
        }
    }

    /// Reads a choice.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func choice<Value: FHIRChoice>(_ target: inout Value?) {
        do throws(FHIRModelError) {
            target = try Value(&self)
        } catch {
            failure = error
        }
    }

    /// Reads an element that repeats.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func all<Value: FHIRModelType>(_ target: inout [Value]) {
        guard node.isArray else {
            failure = FHIRModelError(.wrongKind)
            return
        }
        target.reserveCapacity(node.count)
        var position = 0
        for item in node.elements {
            if Value.isPrimitive, item.isNull {
                nulls.append(position)
            } else {
                do throws(FHIRModelError) {
                    target.append(try Value(from: item))
                } catch {
                    failure = error.at(index: position)
                    return
                }
            }
            position += 1
        }
    }
}
