// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The public registry of accredited organizations
/// @notice A health authority registers organizations here; everybody else only reads.
/// @dev The registry has no power over consents or records: nothing in it can create, change or undo one.
///
/// ASSUMPTIONS
/// - `block.timestamp` moves; on an idle chain nothing expires until the next block.
/// - `block.number` is the chain's own. On a rollup it may be that of its parent chain.
/// - A registrar is trusted to have checked who an organization is. It cannot rewrite what was true at an earlier block.
interface IAccreditation {
    /// @notice Why an organization is not accredited.
    /// @param Unknown Nobody registered it.
    /// @param Suspended A registrar suspended it.
    /// @param OutsideValidity Its validity has not begun or is over.
    enum Flaw {
        Unknown,
        Suspended,
        OutsideValidity
    }

    /// @notice What a registrar states about an organization.
    /// @param name As people know it, 1 to `MAX_NAME_BYTES` bytes of UTF-8.
    /// @param signer The address that signs for the organization; it belongs to one organization at a time.
    /// @param recipient The age recipient (`age1pq…`) to which manifests are sealed.
    /// @param origins The web origins of its portals (`https://portal.example`), 1 to `MAX_ORIGINS`, in the exact form
    /// a browser reports them. An origin belongs to one organization at a time.
    /// @param validFrom Unix time in seconds, inclusive.
    /// @param validUntil Unix time in seconds, exclusive.
    struct Registration {
        string name;
        address signer;
        string recipient;
        string[] origins;
        uint64 validFrom;
        uint64 validUntil;
    }

    /// @notice An organization as it stands now.
    struct Organization {
        string name;
        address signer;
        string recipient;
        string[] origins;
        uint64 validFrom;
        uint64 validUntil;
        bool suspended;
    }

    /// @notice An organization was registered.
    event OrganizationRegistered(bytes32 indexed id, address indexed signer);
    /// @notice An organization's name, key, recipient, origins or validity were stated anew.
    event OrganizationUpdated(bytes32 indexed id, address indexed signer);
    /// @notice An organization's accreditation stopped until it is reinstated.
    event OrganizationSuspended(bytes32 indexed id);
    /// @notice A suspension ended.
    event OrganizationReinstated(bytes32 indexed id);

    /// @notice The identifier is zero.
    error InvalidId();
    /// @notice The name is empty or longer than `MAX_NAME_BYTES`.
    error InvalidName();
    /// @notice The signer is the zero address.
    error InvalidSigner();
    /// @notice The recipient is empty or longer than `MAX_RECIPIENT_BYTES`.
    error InvalidRecipient();
    /// @notice There is no origin, or more than `MAX_ORIGINS`, or one is empty or longer than `MAX_ORIGIN_BYTES`.
    error InvalidOrigins();
    /// @notice The validity ends before it begins, or its end lies beyond what a slot keeps (the year 36812).
    error InvalidValidity(uint64 validFrom, uint64 validUntil);
    /// @notice An organization with this identifier is registered already.
    error AlreadyRegistered(bytes32 id);
    /// @notice No organization has this identifier.
    error UnknownOrganization(bytes32 id);
    /// @notice The signer belongs to another organization.
    error SignerTaken(address signer, bytes32 owner);
    /// @notice The origin belongs to another organization, or is given twice.
    error OriginTaken(string origin, bytes32 owner);
    /// @notice The organization is suspended already.
    error AlreadySuspended(bytes32 id);
    /// @notice The organization is not suspended.
    error NotSuspended(bytes32 id);
    /// @notice The organization is unknown, suspended, or outside its validity.
    error NotAccredited(bytes32 id, Flaw flaw);
    /// @notice The chain has not reached this block.
    error BlockNotReached(uint256 blockNumber);

    /// @notice Registers an organization. Only a registrar may.
    /// @param id keccak256 of the organization's identifier URI.
    /// @param registration What is stated about it.
    function register(bytes32 id, Registration calldata registration) external;

    /// @notice States everything about an organization anew: rotates its key or recipient, changes its origins, name or
    /// validity. A suspension stays. Only a registrar may.
    /// @dev The former signer and origins are free again at once.
    /// @param id The organization.
    /// @param registration The whole new statement.
    function update(bytes32 id, Registration calldata registration) external;

    /// @notice Suspends an organization: it gains nothing new until reinstated. Only a registrar may.
    /// @param id The organization.
    function suspend(bytes32 id) external;

    /// @notice Ends a suspension. Only a registrar may.
    /// @param id The organization.
    function reinstate(bytes32 id) external;

    /// @notice An organization as it stands now; reverts with `UnknownOrganization`.
    /// @param id The organization.
    /// @return The organization, accredited or not.
    function organization(bytes32 id) external view returns (Organization memory);

    /// @notice How many organizations were ever registered.
    /// @return The count.
    function organizationCount() external view returns (uint256);

    /// @notice Identifiers in the order of registration.
    /// @param from Index of the first.
    /// @param limit How many at most.
    /// @return ids Fewer than `limit` at the end of the list.
    function organizationIds(uint256 from, uint256 limit) external view returns (bytes32[] memory ids);

    /// @notice The organization for which an address signs now, or zero.
    /// @param signer The address.
    /// @return id The organization. It may be suspended: ask `isAccredited` too.
    function organizationOfSigner(address signer) external view returns (bytes32 id);

    /// @notice The organization to which a web origin belongs now, or zero.
    /// @param origin In the exact form of the registration.
    /// @return id The organization. It may be suspended: ask `isAccredited` too.
    function organizationOfOrigin(string calldata origin) external view returns (bytes32 id);

    /// @notice Whether an organization is registered, not suspended and within its validity, at this block's time.
    /// @param id The organization.
    /// @return Whether it is accredited.
    function isAccredited(bytes32 id) external view returns (bool);

    /// @notice The signer of an organization that is accredited now; reverts with `NotAccredited`.
    /// @param id The organization.
    /// @return signer The address that signs for it.
    function requireAccredited(bytes32 id) external view returns (address signer);

    /// @notice What was registered at the end of a block, so that nothing can be backdated; all zero before registration.
    /// @dev History only grows. Whether the validity covers the block's time is the caller's comparison.
    /// @param id The organization.
    /// @param blockNumber A block that the chain has reached, else reverts with `BlockNotReached`.
    /// @return signer The address that signed for it.
    /// @return validFrom Unix time in seconds, inclusive.
    /// @return validUntil Unix time in seconds, exclusive.
    /// @return suspended Whether it was suspended.
    function accreditationAt(
        bytes32 id,
        uint256 blockNumber
    ) external view returns (address signer, uint64 validFrom, uint64 validUntil, bool suspended);
}
