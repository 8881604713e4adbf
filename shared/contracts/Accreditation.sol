// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IAccreditation} from "./interfaces/IAccreditation.sol";

/// @title Accreditation
/// @dev The interface is the manual. The default admin, changed in two steps with a delay, appoints registrars.
contract Accreditation is IAccreditation, AccessControlDefaultAdminRules {
    using Checkpoints for Checkpoints.Trace256;

    /// @dev What consents and records ask for. It is kept as one word, in a slot and in history: from the lowest bits the
    /// signer's 160, then the validity, 40 each, then the suspension.
    struct Standing {
        address signer;
        uint40 validFrom;
        uint40 validUntil;
        bool suspended;
    }

    /// @dev What only readers off the ledger ask for.
    struct Details {
        string name;
        string recipient;
        string[] origins;
    }

    /// @notice Who may register, update, suspend and reinstate.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    /// @notice Longest name in bytes of UTF-8.
    uint256 public constant MAX_NAME_BYTES = 256;
    /// @notice Longest age recipient in bytes; a hybrid one takes about 1,960.
    uint256 public constant MAX_RECIPIENT_BYTES = 4096;
    /// @notice Most origins of one organization.
    uint256 public constant MAX_ORIGINS = 16;
    /// @notice Longest origin in bytes.
    uint256 public constant MAX_ORIGIN_BYTES = 255;

    bytes32[] private _ids;
    mapping(bytes32 id => uint256 word) private _standings;
    mapping(bytes32 id => Details) private _details;
    mapping(bytes32 id => Checkpoints.Trace256) private _histories;
    mapping(address signer => bytes32 id) private _idOfSigner;
    mapping(bytes32 originHash => bytes32 id) private _idOfOrigin;

    /// @param adminDelay Seconds that must pass before a change of the default admin takes effect.
    /// @param admin The first default admin; it appoints registrars.
    constructor(uint48 adminDelay, address admin) AccessControlDefaultAdminRules(adminDelay, admin) {}

    /// @inheritdoc IAccreditation
    function register(
        bytes32 id,
        Registration calldata registration
    ) external onlyRole(REGISTRAR_ROLE) {
        if (id == 0) revert InvalidId();
        if (_standings[id] != 0) revert AlreadyRegistered(id);
        _ids.push(id);
        _state(id, registration, false);
        emit OrganizationRegistered(id, registration.signer);
    }

    /// @inheritdoc IAccreditation
    function update(bytes32 id, Registration calldata registration) external onlyRole(REGISTRAR_ROLE) {
        Standing memory former = _known(id);
        _release(id, former.signer);
        _state(id, registration, former.suspended);
        emit OrganizationUpdated(id, registration.signer);
    }

    /// @inheritdoc IAccreditation
    function suspend(bytes32 id) external onlyRole(REGISTRAR_ROLE) {
        Standing memory standing = _known(id);
        if (standing.suspended) revert AlreadySuspended(id);
        standing.suspended = true;
        _keep(id, standing);
        emit OrganizationSuspended(id);
    }

    /// @inheritdoc IAccreditation
    function reinstate(bytes32 id) external onlyRole(REGISTRAR_ROLE) {
        Standing memory standing = _known(id);
        if (!standing.suspended) revert NotSuspended(id);
        standing.suspended = false;
        _keep(id, standing);
        emit OrganizationReinstated(id);
    }

    /// @inheritdoc IAccreditation
    function organization(bytes32 id) external view returns (Organization memory) {
        Standing memory standing = _known(id);
        Details memory details = _details[id];
        return
            Organization({
                name: details.name,
                signer: standing.signer,
                recipient: details.recipient,
                origins: details.origins,
                validFrom: standing.validFrom,
                validUntil: standing.validUntil,
                suspended: standing.suspended
            });
    }

    /// @inheritdoc IAccreditation
    function organizationCount() external view returns (uint256) {
        return _ids.length;
    }

    /// @inheritdoc IAccreditation
    function organizationIds(uint256 from, uint256 limit) external view returns (bytes32[] memory ids) {
        uint256 count = _ids.length;
        if (from >= count) return ids;
        uint256 length = count - from < limit ? count - from : limit;
        ids = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) ids[i] = _ids[from + i];
    }

    /// @inheritdoc IAccreditation
    function organizationOfSigner(address signer) external view returns (bytes32 id) {
        return _idOfSigner[signer];
    }

    /// @inheritdoc IAccreditation
    function organizationOfOrigin(string calldata origin) external view returns (bytes32 id) {
        return _idOfOrigin[keccak256(bytes(origin))];
    }

    /// @inheritdoc IAccreditation
    function isAccredited(bytes32 id) external view returns (bool) {
        (bool accredited, ) = _judge(_unpack(_standings[id]));
        return accredited;
    }

    /// @inheritdoc IAccreditation
    function requireAccredited(bytes32 id) external view returns (address signer) {
        uint256 word = _standings[id];
        // The good case at one look: most acts on the ledger ask this. Nobody registered is an end of validity at zero.
        if (block.timestamp < uint40(word >> 200)) {
            if (uint40(word >> 160) <= block.timestamp) {
                if (word >> 240 == 0) return address(uint160(word));
            }
        }
        (, Flaw flaw) = _judge(_unpack(word));
        revert NotAccredited(id, flaw);
    }

    /// @inheritdoc IAccreditation
    function accreditationAt(
        bytes32 id,
        uint256 blockNumber
    ) external view returns (address signer, uint64 validFrom, uint64 validUntil, bool suspended) {
        if (blockNumber > block.number) revert BlockNotReached(blockNumber);
        Standing memory standing = _unpack(_histories[id].upperLookupRecent(blockNumber));
        return (standing.signer, standing.validFrom, standing.validUntil, standing.suspended);
    }

    /// @dev Checks what is stated, claims signer and origins, and keeps it all.
    function _state(bytes32 id, Registration calldata registration, bool suspended) private {
        if (_outside(bytes(registration.name).length, MAX_NAME_BYTES)) revert InvalidName();
        if (registration.signer == address(0)) revert InvalidSigner();
        if (_outside(bytes(registration.recipient).length, MAX_RECIPIENT_BYTES)) revert InvalidRecipient();
        if (
            registration.validFrom >= registration.validUntil || registration.validUntil > type(uint40).max
        ) revert InvalidValidity(registration.validFrom, registration.validUntil);

        _claimSigner(id, registration.signer);
        _claimOrigins(id, registration.origins);
        _details[id] = Details(registration.name, registration.recipient, registration.origins);
        _keep(
            id,
            Standing({
                signer: registration.signer,
                validFrom: uint40(registration.validFrom),
                validUntil: uint40(registration.validUntil),
                suspended: suspended
            })
        );
    }

    function _claimSigner(bytes32 id, address signer) private {
        bytes32 owner = _idOfSigner[signer];
        if (owner != 0) revert SignerTaken(signer, owner);
        _idOfSigner[signer] = id;
    }

    function _claimOrigins(bytes32 id, string[] calldata origins) private {
        if (_outside(origins.length, MAX_ORIGINS)) revert InvalidOrigins();
        for (uint256 i = 0; i < origins.length; ++i) {
            if (_outside(bytes(origins[i]).length, MAX_ORIGIN_BYTES)) revert InvalidOrigins();
            bytes32 originHash = keccak256(bytes(origins[i]));
            bytes32 owner = _idOfOrigin[originHash];
            if (owner != 0) revert OriginTaken(origins[i], owner);
            _idOfOrigin[originHash] = id;
        }
    }

    /// @dev Frees signer and origins, to be claimed again, by this organization or another.
    function _release(bytes32 id, address signer) private {
        delete _idOfSigner[signer];
        string[] storage origins = _details[id].origins;
        for (uint256 i = 0; i < origins.length; ++i) delete _idOfOrigin[keccak256(bytes(origins[i]))];
    }

    /// @dev Two changes in one block leave the later one in history: it tells the end of a block.
    function _keep(bytes32 id, Standing memory standing) private {
        uint256 word = uint256(uint160(standing.signer)) |
            (uint256(standing.validFrom) << 160) |
            (uint256(standing.validUntil) << 200) |
            (standing.suspended ? uint256(1) << 240 : 0);
        _standings[id] = word;
        _histories[id].push(block.number, word);
    }

    function _known(bytes32 id) private view returns (Standing memory standing) {
        standing = _unpack(_standings[id]);
        if (standing.signer == address(0)) revert UnknownOrganization(id);
    }

    /// @dev The flaw means something only where `accredited` is false.
    function _judge(Standing memory standing) private view returns (bool accredited, Flaw flaw) {
        if (standing.signer == address(0)) return (false, Flaw.Unknown);
        if (standing.suspended) return (false, Flaw.Suspended);
        accredited = standing.validFrom <= block.timestamp && block.timestamp < standing.validUntil;
        return (accredited, Flaw.OutsideValidity);
    }

    function _outside(uint256 length, uint256 max) private pure returns (bool) {
        return length == 0 || length > max;
    }

    function _unpack(uint256 word) private pure returns (Standing memory) {
        return Standing(address(uint160(word)), uint40(word >> 160), uint40(word >> 200), word >> 240 != 0);
    }
}
