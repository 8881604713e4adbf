// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IConsents} from "./interfaces/IConsents.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Consents
/// @dev The interface is the manual.
contract Consents is IConsents, EIP712 {
    /// @dev One slot. `stateOf` returns it as it is.
    struct Consent {
        uint64 grantedAt;
        uint64 notBefore;
        uint64 notAfter;
        uint64 revokedAt;
    }

    bytes32 private constant GRANT_TYPEHASH =
        keccak256(
            "Grant(address patient,bytes32 grantee,bytes32 purpose,uint64 notBefore,uint64 notAfter,"
            "bytes32 scopeHash,uint256 deadline)"
        );
    bytes32 private constant REVOCATION_TYPEHASH = keccak256("Revocation(bytes32 grant,uint256 deadline)");
    bytes32 private constant ACCESS_TYPEHASH =
        keccak256("Access(bytes32 grant,bytes32 accessHash,uint256 deadline)");

    /// @notice The registry that says who is accredited.
    IAccreditation public immutable ACCREDITATION;

    /// @dev By patient first: a stranger's revocation of the same id lands in the stranger's own space.
    mapping(address patient => mapping(bytes32 id => Consent)) private _consents;
    mapping(bytes32 digest => bool) private _accessed;

    /// @param accreditation The registry that says who is accredited.
    constructor(IAccreditation accreditation) EIP712("Carekey Consents", "1") {
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IConsents
    function grant(Grant calldata g, Signature calldata signature) external {
        if (block.timestamp > g.deadline) revert DeadlinePassed(g.deadline);
        if (g.notBefore >= g.notAfter || g.notAfter <= block.timestamp) {
            revert InvalidPeriod(g.notBefore, g.notAfter);
        }
        bytes32 id = grantId(g);
        Consent storage consent = _consents[g.patient][id];
        if (consent.revokedAt != 0) revert AlreadyRevoked(id);
        if (consent.grantedAt != 0) revert AlreadyGranted(id);
        Signatures.check(id, signature, g.patient);
        ACCREDITATION.requireAccredited(g.grantee);

        _consents[g.patient][id] = Consent(uint64(block.timestamp), g.notBefore, g.notAfter, 0);

        emit Granted(id, g.patient, g.grantee, g.purpose, g.notBefore, g.notAfter, g.scopeHash);
    }

    /// @inheritdoc IConsents
    function revoke(address patient, bytes32 id, uint256 deadline, Signature calldata signature) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Consent storage consent = _consents[patient][id];
        if (consent.revokedAt != 0) revert AlreadyRevoked(id);
        Signatures.check(
            _hashTypedDataV4(keccak256(abi.encode(REVOCATION_TYPEHASH, id, deadline))),
            signature,
            patient
        );

        consent.revokedAt = uint64(block.timestamp);

        emit Revoked(id, patient);
    }

    /// @inheritdoc IConsents
    function logAccess(
        Grant calldata g,
        bytes32 accessHash,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        bytes32 id = grantId(g);
        Consent memory consent = _consents[g.patient][id];
        if (consent.grantedAt == 0) revert UnknownGrant(id);
        if (consent.revokedAt != 0) revert AlreadyRevoked(id);
        if (block.timestamp < consent.notBefore) revert NotBegun(id, consent.notBefore);
        if (block.timestamp >= consent.notAfter) revert Ended(id, consent.notAfter);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(ACCESS_TYPEHASH, id, accessHash, deadline)));
        if (_accessed[digest]) revert AlreadyAccessed(digest);
        Signatures.check(digest, signature, ACCREDITATION.requireAccredited(g.grantee));

        _accessed[digest] = true;

        emit Accessed(id, g.grantee, accessHash);
    }

    /// @inheritdoc IConsents
    function isActive(address patient, bytes32 id) external view returns (bool) {
        Consent memory consent = _consents[patient][id];
        return
            consent.grantedAt != 0 &&
            consent.revokedAt == 0 &&
            consent.notBefore <= block.timestamp &&
            block.timestamp < consent.notAfter;
    }

    /// @inheritdoc IConsents
    function stateOf(
        address patient,
        bytes32 id
    ) external view returns (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt) {
        Consent memory consent = _consents[patient][id];
        return (consent.grantedAt, consent.notBefore, consent.notAfter, consent.revokedAt);
    }

    /// @inheritdoc IConsents
    function grantId(Grant calldata g) public view returns (bytes32 id) {
        bytes32 typeHash = GRANT_TYPEHASH;
        bytes32 structHash;
        // The seven words as they came: what abi.encode would build, at a third of the cost. A word with bits beyond its
        // type hashes to an id that nobody can use: whoever reads the field as its type reverts.
        assembly ("memory-safe") {
            let words := mload(0x40)
            mstore(words, typeHash)
            calldatacopy(add(words, 0x20), g, 0xe0)
            structHash := keccak256(words, 0x100)
        }
        return _hashTypedDataV4(structHash);
    }
}
