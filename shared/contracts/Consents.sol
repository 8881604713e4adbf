// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IConsents} from "./interfaces/IConsents.sol";
import {IDelegations} from "./interfaces/IDelegations.sol";
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
    /// @dev Where patients say who may act in their place. No getter: solc tries the functions one after the other, and
    /// `revoke`, the act that must stay cheap, comes last.
    IDelegations private immutable DELEGATIONS;

    /// @dev By patient first: a stranger's revocation of the same id lands in the stranger's own space.
    mapping(address patient => mapping(bytes32 id => Consent)) private _consents;
    mapping(bytes32 digest => bool) private _accessed;

    /// @param accreditation The registry that says who is accredited.
    /// @param delegations Where patients say who may act in their place.
    constructor(IAccreditation accreditation, IDelegations delegations) Domain("Carekey Consents") {
        ACCREDITATION = accreditation;
        DELEGATIONS = delegations;
    }

    /// @inheritdoc IConsents
    function grant(Grant calldata g, Signature calldata signature) external {
        _grant(g, signature, g.patient);
    }

    /// @inheritdoc IConsents
    function revoke(address patient, bytes32 id, uint256 deadline, Signature calldata signature) external {
        _revoke(patient, id, deadline, signature, patient);
    }

    /// @inheritdoc IConsents
    function replace(
        bytes32 former,
        uint256 deadline,
        Signature calldata revocation,
        Grant calldata g,
        Signature calldata signature
    ) external {
        _revoke(g.patient, former, deadline, revocation, g.patient);
        emit Replaced(former, _grant(g, signature, g.patient));
    }

    /// @inheritdoc IConsents
    function grantFor(bytes32 delegation, Grant calldata g, Signature calldata signature) external {
        (address delegate, uint64 notAfter) = DELEGATIONS.requireGranter(g.patient, delegation);
        if (g.notAfter > notAfter) revert BeyondDelegation(delegation, notAfter);
        emit ByDelegate(_grant(g, signature, delegate), delegation);
    }

    /// @inheritdoc IConsents
    function revokeFor(
        bytes32 delegation,
        address patient,
        bytes32 id,
        uint256 deadline,
        Signature calldata signature
    ) external {
        _revoke(patient, id, deadline, signature, DELEGATIONS.requireRevoker(patient, delegation));
        emit ByDelegate(id, delegation);
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

    function _grant(Grant calldata g, Signature calldata signature, address signer) private returns (bytes32 id) {
        if (block.timestamp > g.deadline) revert DeadlinePassed(g.deadline);
        if (g.notBefore >= g.notAfter || g.notAfter <= block.timestamp) {
            revert InvalidPeriod(g.notBefore, g.notAfter);
        }
        id = grantId(g);
        Consent storage consent = _consents[g.patient][id];
        uint256 word = consent.word;
        if (word != 0) {
            if (word >> 192 != 0) revert AlreadyRevoked(id);
            revert AlreadyGranted(id);
        }
        Signatures.check(id, signature, signer);
        Signatures.signerOf(ACCREDITATION, g.grantee);

        consent.word = block.timestamp | (uint256(g.notBefore) << 64) | (uint256(g.notAfter) << 128);

        emit Granted(id, g.patient, g.grantee, g.purpose, g.notBefore, g.notAfter, g.scopeHash);
    }

    function _revoke(
        address patient,
        bytes32 id,
        uint256 deadline,
        Signature calldata signature,
        address signer
    ) private {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        Consent storage consent = _consents[patient][id];
        uint256 word = consent.word;
        if (word >> 192 != 0) revert AlreadyRevoked(id);
        bytes32 structHash = Signatures.hash(REVOCATION_TYPEHASH, id, bytes32(deadline));
        Signatures.check(_digest(_domain(), structHash), signature, signer);

        consent.word = word | (block.timestamp << 192);

        emit Revoked(id, patient);
    }
}
