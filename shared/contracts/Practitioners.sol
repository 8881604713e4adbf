// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IPractitioners} from "./interfaces/IPractitioners.sol";
import {Signatures} from "./Signatures.sol";

/// @title Practitioners
/// @dev The interface is the manual. A standing is one word, in a slot and in history: from the lowest bits the signer's
/// 160, then the validity, 40 each, the role, 8, and the suspension.
contract Practitioners is IPractitioners {
    using Checkpoints for Checkpoints.Trace256;

    bytes32 private constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    uint256 private constant SUSPENDED = 1 << 248;

    /// @notice The registry of organizations and registrars.
    IAccreditation public immutable ACCREDITATION;

    bytes32[] private _ids;
    mapping(bytes32 id => uint256 word) private _standings;
    mapping(bytes32 id => bytes32 organization) private _organizations;
    mapping(bytes32 id => Checkpoints.Trace256) private _histories;
    mapping(address signer => bytes32 id) private _idOfSigner;

    modifier onlyRegistrar() {
        if (!IAccessControl(address(ACCREDITATION)).hasRole(REGISTRAR_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, REGISTRAR_ROLE);
        }
        _;
    }

    /// @param accreditation The registry of organizations and registrars.
    constructor(IAccreditation accreditation) {
        ACCREDITATION = accreditation;
    }

    /// @inheritdoc IPractitioners
    function register(bytes32 id, bytes32 organization, Statement calldata statement) external onlyRegistrar {
        if (id == 0) revert InvalidPractitioner();
        if (_standings[id] != 0) revert PractitionerExists(id);
        (address known, , , ) = ACCREDITATION.accreditationAt(organization, block.number);
        if (known == address(0)) revert IAccreditation.UnknownOrganization(organization);
        _ids.push(id);
        _organizations[id] = organization;
        _state(id, statement, 0);
        emit PractitionerRegistered(id, organization, statement.signer);
    }

    /// @inheritdoc IPractitioners
    function update(bytes32 id, Statement calldata statement) external onlyRegistrar {
        uint256 former = _known(id);
        delete _idOfSigner[address(uint160(former))];
        _state(id, statement, former & SUSPENDED);
        emit PractitionerUpdated(id, statement.signer);
    }

    /// @inheritdoc IPractitioners
    function suspend(bytes32 id) external onlyRegistrar {
        uint256 word = _known(id);
        if (word & SUSPENDED != 0) revert PractitionerAlreadySuspended(id);
        _keep(id, word | SUSPENDED);
        emit PractitionerSuspended(id);
    }

    /// @inheritdoc IPractitioners
    function reinstate(bytes32 id) external onlyRegistrar {
        uint256 word = _known(id);
        if (word & SUSPENDED == 0) revert PractitionerNotSuspended(id);
        _keep(id, word ^ SUSPENDED);
        emit PractitionerReinstated(id);
    }

    /// @inheritdoc IPractitioners
    function practitioner(bytes32 id) external view returns (Practitioner memory) {
        return _unpack(id, _known(id));
    }

    /// @inheritdoc IPractitioners
    function practitionerCount() external view returns (uint256) {
        return _ids.length;
    }

    /// @inheritdoc IPractitioners
    function practitionerIds(uint256 from, uint256 limit) external view returns (bytes32[] memory ids) {
        uint256 count = _ids.length;
        if (from >= count) return ids;
        uint256 length = count - from < limit ? count - from : limit;
        ids = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) ids[i] = _ids[from + i];
    }

    /// @inheritdoc IPractitioners
    function practitionerOfSigner(address signer) external view returns (bytes32 id) {
        return _idOfSigner[signer];
    }

    /// @inheritdoc IPractitioners
    function isAccredited(bytes32 id) external view returns (bool) {
        (bool accredited, ) = _judge(_standings[id]);
        return accredited && ACCREDITATION.isAccredited(_organizations[id]);
    }

    /// @inheritdoc IPractitioners
    function requireAccredited(bytes32 id) external view returns (Role role, address signer) {
        uint256 word = _standings[id];
        (bool accredited, PractitionerFlaw flaw) = _judge(word);
        if (!accredited) revert PractitionerNotAccredited(id, flaw);
        Signatures.signerOf(ACCREDITATION, _organizations[id]);
        return (Role(uint8(word >> 240)), address(uint160(word)));
    }

    /// @inheritdoc IPractitioners
    function practitionerAt(bytes32 id, uint256 blockNumber) external view returns (Practitioner memory then) {
        if (blockNumber > block.number) revert IAccreditation.BlockNotReached(blockNumber);
        uint256 word = _histories[id].upperLookupRecent(blockNumber);
        return word == 0 ? then : _unpack(id, word);
    }

    /// @dev Checks what is stated, claims the signer, and keeps it all.
    function _state(bytes32 id, Statement calldata statement, uint256 suspension) private {
        if (statement.role == Role.None) revert InvalidRole();
        if (statement.signer == address(0)) revert InvalidPractitionerSigner();
        if (statement.validFrom >= statement.validUntil || statement.validUntil > type(uint40).max) {
            revert InvalidPractitionerValidity(statement.validFrom, statement.validUntil);
        }
        bytes32 owner = _idOfSigner[statement.signer];
        if (owner != 0) revert PractitionerSignerTaken(statement.signer, owner);
        _idOfSigner[statement.signer] = id;
        _keep(
            id,
            uint256(uint160(statement.signer)) |
                (uint256(statement.validFrom) << 160) |
                (uint256(statement.validUntil) << 200) |
                (uint256(statement.role) << 240) |
                suspension
        );
    }

    /// @dev Two changes in one block leave the later one in history: it tells the end of a block.
    function _keep(bytes32 id, uint256 word) private {
        _standings[id] = word;
        _histories[id].push(block.number, word);
    }

    function _known(bytes32 id) private view returns (uint256 word) {
        word = _standings[id];
        if (word == 0) revert UnknownPractitioner(id);
    }

    function _unpack(bytes32 id, uint256 word) private view returns (Practitioner memory) {
        return
            Practitioner({
                organization: _organizations[id],
                role: Role(uint8(word >> 240)),
                signer: address(uint160(word)),
                validFrom: uint40(word >> 160),
                validUntil: uint40(word >> 200),
                suspended: word & SUSPENDED != 0
            });
    }

    /// @dev The flaw means something only where `accredited` is false.
    function _judge(uint256 word) private view returns (bool accredited, PractitionerFlaw flaw) {
        if (word == 0) return (false, PractitionerFlaw.Unknown);
        if (word & SUSPENDED != 0) return (false, PractitionerFlaw.Suspended);
        accredited = uint40(word >> 160) <= block.timestamp && block.timestamp < uint40(word >> 200);
        return (accredited, PractitionerFlaw.OutsideValidity);
    }
}
