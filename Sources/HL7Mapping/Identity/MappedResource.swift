package import HL7Syntax

/// One FHIR resource made of a message, with what the store needs to put it in its place.
package struct MappedResource: Sendable, Hashable {
    /// How the store finds an existing resource and what it may do to it.
    package enum Matching: Sendable, Hashable {
        /// Update the resource of this id, subject to the version stamp; make it when there is none.
        case update
        /// Make it when there is none of this id; leave an existing one alone (it is only mentioned here).
        case createIfAbsent
        /// The id is that of the patient found by identifiers, or new; names and addresses follow the freshest message.
        case patient
        /// An order: look it up by placer number, then filler number (system and value); make it only when none fits.
        case order(placer: FHIRIdentifier?, filler: FHIRIdentifier?)
    }

    /// OBX-5 may be left out where only the status changes.
    package enum StoredValueRule: Sendable, Hashable {
        /// The resource is complete as it is.
        case replace
        /// OBX-5 came empty: a stored value stays, with the new status.
        case keepIfAny
        /// OBX-11 is U: a stored value stays; when nothing is stored the message goes to quarantine.
        case required
    }

    package let type: String
    /// Canonical text of the identity key, for the side table with the unique index.
    package let identityKey: String
    package let id: String
    package let json: [UInt8]
    package let matching: Matching
    /// The guard against late messages; `nil` where none applies.
    package var stamp: ResultStamp?
    /// What happens to a value that is stored already and was not sent again.
    package var storedValue = StoredValueRule.replace
    /// Where it came from.
    package let location: HL7Location?

    init(
        _ key: IdentityKey, _ object: FHIRObject, matching: Matching, stamp: ResultStamp? = nil,
        location: HL7Location?, id: String? = nil
    ) {
        type = key.type
        identityKey = key.text
        self.id = id ?? key.id
        json = object.json
        self.matching = matching
        self.stamp = stamp
        self.location = location
    }
}

/// An identifier as a pair, for look-ups.
package struct FHIRIdentifier: Sendable, Hashable {
    package let system: String
    package let value: String

    package init(system: String, value: String) {
        self.system = system
        self.value = value
    }
}

/// Which of two versions of a result is the newer. Time first, then rank, then order of arrival.
package struct ResultStamp: Sendable, Hashable, Comparable {
    /// OBR-22, else MSH-7, in seconds since 1970; 0 when neither can be read.
    package let seconds: Int
    /// 0 registered, 1 preliminary, 2 partial, 3 final, 4 corrected or amended, 5 cancelled or entered in error.
    package let rank: Int

    package init(seconds: Int, rank: Int) {
        self.seconds = seconds
        self.rank = rank
    }

    package static func < (left: ResultStamp, right: ResultStamp) -> Bool {
        (left.seconds, left.rank) < (right.seconds, right.rank)
    }

    /// Rank of a FHIR status of Observation or DiagnosticReport.
    package static func rank(status: String) -> Int {
        switch status {
        case "registered": 0
        case "preliminary": 1
        case "partial": 2
        case "final": 3
        case "corrected", "amended", "appended": 4
        case "cancelled", "entered-in-error": 5
        default: 0
        }
    }
}

/// What one message became.
package struct MappedMessage: Sendable {
    /// In dependency order: whatever a resource refers to comes before it, or is already stored.
    package let resources: [MappedResource]
    package let warnings: [MappingIssue]
    /// Links to results of other messages (OBR-26, OBR-29) for the store to resolve, now or later.
    package let pendingLinks: [PendingLink]
}

/// A child result whose parent is in another message. §2.5.3: `derivedFrom` on the child, `hasMember` on the parent.
package struct PendingLink: Sendable, Hashable {
    /// `DiagnosticReport/<id>` of the child.
    package let childReport: String
    /// `Observation/<id>` of the child's results.
    package let childObservations: [String]
    /// Filler number of the parent order (OBR-29.2), else its placer number.
    package let parentFiller: String?
    package let parentPlacer: String?
    /// OBR-26.1 and .2: the parent result's code and sub-id.
    package let parentCode: String
    package let parentSubID: String
}
