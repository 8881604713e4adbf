// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Attestations} from "../Attestations.sol";
import {IAttestations} from "../interfaces/IAttestations.sol";
import {IRecords} from "../interfaces/IRecords.sol";
import {Signature} from "../Signatures.sol";
import {Base} from "./Base.sol";

/// @dev St. Brigid writes; five supporters, in ascending order, may vote.
abstract contract AttestationsBase is Base {
    uint256 internal constant SUPPORTERS = 5;
    bytes32 internal constant COMMITMENT = keccak256("statement");
    Attestations internal attestations;
    bytes32 internal id;

    function setUp() public virtual override {
        super.setUp();
        attestations = new Attestations(accreditation, records);
        id = attestations.depositId(ST_BRIGID, COMMITMENT, patient);
        for (uint256 i = 0; i < SUPPORTERS; ++i) {
            string memory origin = string(abi.encodePacked("https://", bytes1(uint8(97 + i)), ".example"));
            _register(_supporter(i), _registration("Supporter", _key(i), origin));
            _approve(ST_BRIGID, _supporter(i));
        }
    }

    function _supporter(uint256 index) internal pure returns (bytes32) {
        return bytes32(index + 1);
    }

    function _key(uint256 index) internal pure returns (uint256) {
        return 0x5000 + index;
    }

    function _all(uint256 count) internal pure returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) list[i] = _supporter(i);
    }

    function _approve(bytes32 author, bytes32 supporter) internal {
        vm.prank(REGISTRAR);
        attestations.approve(author, supporter);
    }

    function _signed(uint256 key, bytes memory encoded) internal view returns (Signature memory) {
        return _sign(key, _digest("Carekey Attestations", address(attestations), keccak256(encoded)));
    }

    function _naming(
        uint256 key,
        bytes32[] memory list,
        uint256 round,
        uint256 deadline
    ) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256("Naming(bytes32 author,bytes32[] supporters,uint256 round,uint256 deadline)");
        return _signed(key, abi.encode(typeHash, ST_BRIGID, keccak256(abi.encodePacked(list)), round, deadline));
    }

    function _name(bytes32[] memory list, uint256 round) internal {
        Signature memory signature = _naming(ST_BRIGID_KEY, list, round, NOW);
        attestations.nameSupporters(ST_BRIGID, list, round, NOW, signature);
    }

    function _deposit() internal view returns (IAttestations.Deposit memory) {
        return IAttestations.Deposit(ST_BRIGID, COMMITMENT, patient, uint64(NOW + 7 days), NOW);
    }

    function _signDeposit(IAttestations.Deposit memory d, uint256 key) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Deposit(bytes32 author,bytes32 commitment,address subject,uint64 votingUntil,uint256 deadline)"
        );
        return _signed(key, abi.encode(typeHash, d));
    }

    /// @dev A deposit that so many supporters may vote on.
    function _open(uint256 supporters) internal {
        if (supporters > 0) _name(_all(supporters), 1);
        IAttestations.Deposit memory d = _deposit();
        attestations.open(d, _signDeposit(d, ST_BRIGID_KEY));
    }

    function _signVote(
        uint256 index,
        IAttestations.Choice choice,
        uint256 round,
        uint256 deadline
    ) internal view returns (Signature memory) {
        bytes32 typeHash = keccak256(
            "Vote(bytes32 deposit,bytes32 voter,uint8 choice,uint256 round,uint256 deadline)"
        );
        return _signed(_key(index), abi.encode(typeHash, id, _supporter(index), choice, round, deadline));
    }

    function _vote(uint256 index, IAttestations.Choice choice, uint256 round) internal {
        Signature memory signature = _signVote(index, choice, round, type(uint256).max);
        attestations.vote(id, index, choice, round, type(uint256).max, signature);
    }

    /// @dev The patient's acceptance: the anchor.
    function _accept() internal {
        _acceptFrom(ST_BRIGID, ST_BRIGID_KEY);
    }

    /// @dev The same commitment and subject, from any author.
    function _acceptFrom(bytes32 author, uint256 key) internal {
        IRecords.Anchor memory a = IRecords.Anchor(COMMITMENT, patient, 0, type(uint256).max);
        bytes32 digest = records.anchorDigest(a);
        bytes32 typeHash = keccak256("Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, digest, author, type(uint256).max));
        Signature memory accepts = _sign(PATIENT_KEY, _digest("Carekey Records", address(records), structHash));
        records.anchor(a, author, _sign(key, digest), type(uint256).max, accepts);
    }

    function _tally() internal view returns (IAttestations.Tally memory) {
        return attestations.tallyOf(ST_BRIGID, COMMITMENT, patient);
    }

    function _status() internal view returns (IAttestations.Status) {
        return _tally().status;
    }
}
