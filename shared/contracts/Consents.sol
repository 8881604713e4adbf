// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IConsents} from "./interfaces/IConsents.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Consents
/// @dev The interface is the manual.
contract Consents is IConsents, Domain {
    /// @dev One slot, read once and written once. From the lowest bits, 64 each: grantedAt, notBefore, notAfter, revokedAt.
    struct Consent {
        uint256 word;
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
    constructor(IAccreditation accreditation) Domain("Carekey Consents") {
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
        uint256 word = consent.word;
        if (word != 0) {
            if (word >> 192 != 0) revert AlreadyRevoked(id);
            revert AlreadyGranted(id);
        }
        Signatures.check(id, signature, g.patient);
        Signatures.signerOf(ACCREDITATION, g.grantee);

        consent.word = block.timestamp | (uint256(g.notBefore) << 64) | (uint256(g.notAfter) << 128);

        emit Granted(id, g.patient, g.grantee, g.purpose, g.notBefore, g.notAfter, g.scopeHash);
    }

    /// @inheritdoc IConsents
    function revoke(address patient, bytes32 id, uint256 deadline, Signature calldata signature) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Consent storage consent = _consents[patient][id];
        uint256 word = consent.word;
        if (word >> 192 != 0) revert AlreadyRevoked(id);
        Signatures.check(
            _digest(_domain(), Signatures.hash(REVOCATION_TYPEHASH, id, bytes32(deadline))),
            signature,
            patient
        );

        consent.word = word | (block.timestamp << 192);

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
        (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt) = stateOf(g.patient, id);
        if (grantedAt == 0) revert UnknownGrant(id);
        if (revokedAt != 0) revert AlreadyRevoked(id);
        if (block.timestamp < notBefore) revert NotBegun(id, notBefore);
        if (block.timestamp >= notAfter) revert Ended(id, notAfter);
        bytes32 digest = _digest(_domain(), Signatures.hash(ACCESS_TYPEHASH, id, accessHash, bytes32(deadline)));
        if (_accessed[digest]) revert AlreadyAccessed(digest);
        Signatures.check(digest, signature, Signatures.signerOf(ACCREDITATION, g.grantee));

        _accessed[digest] = true;

        emit Accessed(id, g.grantee, accessHash);
    }

    /// @inheritdoc IConsents
    function isActive(address patient, bytes32 id) external view returns (bool) {
        (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt) = stateOf(patient, id);
        return grantedAt != 0 && revokedAt == 0 && notBefore <= block.timestamp && block.timestamp < notAfter;
    }

    /// @inheritdoc IConsents
    function stateOf(
        address patient,
        bytes32 id
    ) public view returns (uint64 grantedAt, uint64 notBefore, uint64 notAfter, uint64 revokedAt) {
        uint256 word = _consents[patient][id].word;
        return (uint64(word), uint64(word >> 64), uint64(word >> 128), uint64(word >> 192));
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
        return _digest(_domain(), structHash);
    }
}
