// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The public registry of practitioners
/// @notice A registrar of the accreditation registry states who practises under which organization, in which role, with
/// which key. A practitioner is accredited while the organization is.
/// @dev No name is here: the organization knows who holds a key. A practitioner belongs to one organization for good;
/// who moves is registered anew there.
///
/// ASSUMPTIONS
/// - Registrars are those of the accreditation registry, asked at each act.
/// - A registrar cannot rewrite what was true at an earlier block.
interface IPractitioners {
    /// @notice What a practitioner may ask for and sign; the bounds are in the protocol, section 6.2.
    enum Role {
        None,
        Physician,
        Nurse,
        Pharmacist,
        Emergency,
        Administration
    }

    /// @notice Why a practitioner is not accredited, the organization apart.
    enum PractitionerFlaw {
        Unknown,
        Suspended,
        OutsideValidity
    }

    /// @notice What a registrar states.
    /// @param role Any but `None`.
    /// @param signer The address that signs for the practitioner; it belongs to one practitioner at a time.
    /// @param validFrom Unix time in seconds, inclusive.
    /// @param validUntil Unix time in seconds, exclusive.
    struct Statement {
        Role role;
        address signer;
        uint64 validFrom;
        uint64 validUntil;
    }

    /// @notice A practitioner as it stands, or stood.
    struct Practitioner {
        bytes32 organization;
        Role role;
        address signer;
        uint64 validFrom;
        uint64 validUntil;
        bool suspended;
    }

    /// @notice A practitioner was registered.
    event PractitionerRegistered(bytes32 indexed id, bytes32 indexed organization, address indexed signer);
    /// @notice A practitioner's role, key or validity was stated anew.
    event PractitionerUpdated(bytes32 indexed id, address indexed signer);
    /// @notice A practitioner's accreditation stopped until reinstated.
    event PractitionerSuspended(bytes32 indexed id);
    /// @notice A suspension ended.
    event PractitionerReinstated(bytes32 indexed id);

    /// @notice The identifier is zero.
    error InvalidPractitioner();
    /// @notice The role is `None`.
    error InvalidRole();
    /// @notice The signer is the zero address.
    error InvalidPractitionerSigner();
    /// @notice The validity ends before it begins, or its end lies beyond what a slot keeps (the year 36812).
    error InvalidPractitionerValidity(uint64 validFrom, uint64 validUntil);
    /// @notice A practitioner with this identifier is registered already.
    error PractitionerExists(bytes32 id);
    /// @notice No practitioner has this identifier.
    error UnknownPractitioner(bytes32 id);
    /// @notice The signer belongs to another practitioner.
    error PractitionerSignerTaken(address signer, bytes32 owner);
    /// @notice The practitioner is suspended already.
    error PractitionerAlreadySuspended(bytes32 id);
    /// @notice The practitioner is not suspended.
    error PractitionerNotSuspended(bytes32 id);
    /// @notice The practitioner is unknown, suspended, or outside the validity.
    error PractitionerNotAccredited(bytes32 id, PractitionerFlaw flaw);

    /// @notice Registers a practitioner under a registered organization. Only a registrar may.
    /// @dev Reverts with `UnknownOrganization` of the accreditation registry if nobody registered the organization.
    /// @param id keccak256 of the practitioner's identifier URI, such as `https://stbrigid.example/practitioners/7`.
    /// @param organization The organization, for good.
    /// @param statement What is stated about the practitioner.
    function register(bytes32 id, bytes32 organization, Statement calldata statement) external;

    /// @notice States everything but the organization anew. A suspension stays. Only a registrar may.
    /// @dev The former signer is free again at once.
    /// @param id The practitioner.
    /// @param statement The whole new statement.
    function update(bytes32 id, Statement calldata statement) external;

    /// @notice Suspends a practitioner. Only a registrar may.
    /// @param id The practitioner.
    function suspend(bytes32 id) external;

    /// @notice Ends a suspension. Only a registrar may.
    /// @param id The practitioner.
    function reinstate(bytes32 id) external;

    /// @notice A practitioner as it stands now; reverts with `UnknownPractitioner`.
    /// @param id The practitioner.
    /// @return The practitioner, accredited or not.
    function practitioner(bytes32 id) external view returns (Practitioner memory);

    /// @notice How many practitioners were ever registered.
    /// @return The count.
    function practitionerCount() external view returns (uint256);

    /// @notice Identifiers in the order of registration.
    /// @param from Index of the first.
    /// @param limit How many at most.
    /// @return ids Fewer than `limit` at the end of the list.
    function practitionerIds(uint256 from, uint256 limit) external view returns (bytes32[] memory ids);

    /// @notice The practitioner for whom an address signs now, or zero.
    /// @param signer The address.
    /// @return id The practitioner, perhaps suspended: ask `isAccredited` too.
    function practitionerOfSigner(address signer) external view returns (bytes32 id);

    /// @notice Whether a practitioner and its organization are accredited at this block's time.
    /// @param id The practitioner.
    /// @return Whether it is accredited.
    function isAccredited(bytes32 id) external view returns (bool);

    /// @notice A practitioner who is accredited now, as is its organization.
    /// @dev Reverts with `PractitionerNotAccredited`, or with `NotAccredited` of the accreditation registry.
    /// @param id The practitioner.
    /// @return role The role.
    /// @return signer The address that signs.
    function requireAccredited(bytes32 id) external view returns (Role role, address signer);

    /// @notice What was registered at the end of a block, so that nothing can be backdated; all zero before registration.
    /// @dev The organization's own standing at that block is the accreditation registry's `accreditationAt`. Whether the
    /// validities cover the block's time is the caller's comparison.
    /// @param id The practitioner.
    /// @param blockNumber A block that the chain has reached, else reverts with `BlockNotReached` of that registry.
    /// @return The practitioner as it stood.
    function practitionerAt(bytes32 id, uint256 blockNumber) external view returns (Practitioner memory);
}
