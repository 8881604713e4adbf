// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {Domain} from "./Domain.sol";
import {IAccreditation} from "./interfaces/IAccreditation.sol";
import {IAttestations} from "./interfaces/IAttestations.sol";
import {IRecords} from "./interfaces/IRecords.sol";
import {Signature, Signatures} from "./Signatures.sol";

/// @title Attestations
/// @dev The interface is the manual. A deposit is one word, so that a vote writes one slot: from the lowest bits the end
/// of voting, 40, the list of supporters, 32, their number, 8, approvals, 8, and for each supporter its choice, 3, and
/// its vote's round, 7.
contract Attestations is IAttestations, Domain {
    /// @dev What an author names now.
    struct Naming {
        uint32 list;
        uint8 count;
        uint64 round;
    }

    bytes32 private constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    bytes32 private constant NAMING_TYPEHASH =
        keccak256("Naming(bytes32 author,bytes32[] supporters,uint256 round,uint256 deadline)");
    bytes32 private constant DEPOSIT_TYPEHASH =
        keccak256("Deposit(bytes32 author,bytes32 commitment,address subject,uint64 votingUntil,uint256 deadline)");
    bytes32 private constant VOTE_TYPEHASH =
        keccak256("Vote(bytes32 deposit,bytes32 voter,uint8 choice,uint256 round,uint256 deadline)");
    uint256 private constant VOTE_BITS = 10;

    /// @notice Most supporters of one author.
    uint256 public constant MAX_SUPPORTERS = 16;
    /// @notice Longest voting.
    uint256 public constant MAX_VOTING_SECONDS = 90 days;

    /// @notice The registry of organizations and registrars.
    IAccreditation public immutable ACCREDITATION;
    /// @notice Where patients accept.
    IRecords public immutable RECORDS;

    uint32 private _lists;
    mapping(bytes32 author => mapping(bytes32 supporter => bool)) private _approved;
    mapping(bytes32 author => Naming) private _namings;
    mapping(uint256 list => mapping(uint256 index => bytes32 supporter)) private _supporters;
    mapping(bytes32 id => uint256 word) private _deposits;

    modifier onlyRegistrar() {
        if (!IAccessControl(address(ACCREDITATION)).hasRole(REGISTRAR_ROLE, msg.sender)) {
            revert IAccessControl.AccessControlUnauthorizedAccount(msg.sender, REGISTRAR_ROLE);
        }
        _;
    }

    /// @param accreditation The registry of organizations and registrars.
    /// @param records Where patients accept.
    constructor(IAccreditation accreditation, IRecords records) Domain("Carekey Attestations") {
        ACCREDITATION = accreditation;
        RECORDS = records;
    }

    /// @inheritdoc IAttestations
    function approve(bytes32 author, bytes32 supporter) external onlyRegistrar {
        if (author == supporter) revert OwnSupporter(author);
        if (_approved[supporter][author]) revert MutualSupport(author, supporter);
        if (_approved[author][supporter]) revert AlreadyApproved(author, supporter);
        _approved[author][supporter] = true;
        emit SupportApproved(author, supporter);
    }

    /// @inheritdoc IAttestations
    function withdraw(bytes32 author, bytes32 supporter) external onlyRegistrar {
        if (!_approved[author][supporter]) revert NotApproved(author, supporter);
        delete _approved[author][supporter];
        emit SupportWithdrawn(author, supporter);

        Naming memory former = _namings[author];
        uint32 list = ++_lists;
        uint8 count = 0;
        for (uint256 i = 0; i < former.count; ++i) {
            bytes32 named = _supporters[former.list][i];
            if (named == supporter) continue;
            _supporters[list][count] = named;
            ++count;
        }
        if (count != former.count) _namings[author] = Naming(list, count, former.round);
    }

    /// @inheritdoc IAttestations
    function nameSupporters(
        bytes32 author,
        bytes32[] calldata supporters,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        uint64 expected = _namings[author].round + 1;
        if (round != expected) revert WrongRound(expected);
        if (supporters.length > MAX_SUPPORTERS) revert InvalidSupporters();
        uint32 list = ++_lists;
        for (uint256 i = 0; i < supporters.length; ++i) {
            if (i > 0 && supporters[i] <= supporters[i - 1]) revert InvalidSupporters();
            if (!_approved[author][supporters[i]]) revert NotApproved(author, supporters[i]);
            _supporters[list][i] = supporters[i];
        }
        bytes32 named = keccak256(abi.encodePacked(supporters));
        bytes32 structHash = keccak256(abi.encode(NAMING_TYPEHASH, author, named, round, deadline));
        Signatures.check(_digest(_domain(), structHash), signature, Signatures.signerOf(ACCREDITATION, author));
        _namings[author] = Naming(list, uint8(supporters.length), expected);
        emit SupportersNamed(author, supporters);
    }

    /// @inheritdoc IAttestations
    function open(Deposit calldata d, Signature calldata signature) external {
        if (block.timestamp > d.deadline) revert DeadlinePassed(d.deadline);
        if (d.commitment == 0 || d.subject == address(0)) revert InvalidDeposit();
        if (d.votingUntil <= block.timestamp || d.votingUntil > block.timestamp + MAX_VOTING_SECONDS) {
            revert InvalidDeposit();
        }
        bytes32 id = depositId(d.author, d.commitment, d.subject);
        if (_deposits[id] != 0) revert AlreadyOpened(id);
        bytes32 structHash = keccak256(abi.encode(DEPOSIT_TYPEHASH, d));
        Signatures.check(_digest(_domain(), structHash), signature, Signatures.signerOf(ACCREDITATION, d.author));

        Naming memory naming = _namings[d.author];
        _deposits[id] = d.votingUntil | (uint256(naming.list) << 40) | (uint256(naming.count) << 72);
        emit DepositOpened(id, d.author, d.commitment, d.votingUntil);
    }

    /// @inheritdoc IAttestations
    function vote(
        bytes32 id,
        uint256 index,
        Choice choice,
        uint256 round,
        uint256 deadline,
        Signature calldata signature
    ) external {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline);
        uint256 word = _votable(id);
        if (index >= uint8(word >> 72)) revert UnknownSupporter(index);
        if (choice == Choice.None) revert InvalidChoice();
        uint256 shift = 88 + index * VOTE_BITS;
        uint256 former = (word >> shift) & 0x3ff;
        if (round <= former >> 3 || round > 127) revert VoteSuperseded(round);
        bytes32 voter = _supporters[uint32(word >> 40)][index];
        bytes32 structHash = keccak256(abi.encode(VOTE_TYPEHASH, id, voter, choice, round, deadline));
        Signatures.check(_digest(_domain(), structHash), signature, Signatures.signerOf(ACCREDITATION, voter));

        word = _recounted(id, word, Choice(former & 7), choice);
        _deposits[id] = word ^ ((former ^ (uint256(choice) | (round << 3))) << shift);
        emit Voted(id, voter, choice);
    }

    /// @inheritdoc IAttestations
    function isApproved(bytes32 author, bytes32 supporter) external view returns (bool) {
        return _approved[author][supporter];
    }

    /// @inheritdoc IAttestations
    function supportersOf(bytes32 author) external view returns (bytes32[] memory supporters, uint256 round) {
        Naming memory naming = _namings[author];
        return (_listed(naming.list, naming.count), naming.round);
    }

    /// @inheritdoc IAttestations
    function votesOn(
        bytes32 id
    ) external view returns (bytes32[] memory voters, Choice[] memory choices, uint256[] memory rounds) {
        uint256 word = _deposits[id];
        voters = _listed(uint32(word >> 40), uint8(word >> 72));
        choices = new Choice[](voters.length);
        rounds = new uint256[](voters.length);
        for (uint256 i = 0; i < voters.length; ++i) {
            uint256 cast = (word >> (88 + i * VOTE_BITS)) & 0x3ff;
            (choices[i], rounds[i]) = (Choice(cast & 7), cast >> 3);
        }
    }

    /// @inheritdoc IAttestations
    function tallyOf(
        bytes32 author,
        bytes32 commitment,
        address subject
    ) external view returns (Tally memory tally) {
        uint256 word = _deposits[depositId(author, commitment, subject)];
        if (word == 0) return tally;
        (, uint64 acceptedAt) = RECORDS.anchorOf(commitment, subject, author);
        tally.accepted = acceptedAt != 0;
        tally.votingUntil = uint40(word);
        tally.supporters = uint8(word >> 72);
        tally.quorum = _quorum(tally.supporters);
        tally.approvals = uint8(word >> 80);
        for (uint256 i = 0; i < tally.supporters; ++i) {
            if ((word >> (88 + i * VOTE_BITS)) & 7 > uint256(Choice.Approve)) ++tally.rejections;
        }
        if (tally.approvals >= tally.quorum) tally.status = tally.accepted ? Status.Confirmed : Status.Pending;
        else tally.status = block.timestamp < tally.votingUntil ? Status.Pending : Status.Rejected;
    }

    /// @inheritdoc IAttestations
    function depositId(bytes32 author, bytes32 commitment, address subject) public pure returns (bytes32 id) {
        return keccak256(abi.encode(author, commitment, subject));
    }

    function _votable(bytes32 id) private view returns (uint256 word) {
        word = _deposits[id];
        if (word == 0) revert UnknownDeposit(id);
        if (block.timestamp >= uint40(word)) revert VotingOver(id);
    }

    function _listed(uint256 list, uint256 count) private view returns (bytes32[] memory supporters) {
        supporters = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) supporters[i] = _supporters[list][i];
    }

    /// @dev The word with its count of approvals after a choice took a former one's place.
    function _recounted(bytes32 id, uint256 word, Choice former, Choice choice) private pure returns (uint256) {
        if (former == Choice.Approve) {
            // Who may move a record to its main database must not learn later that it was never confirmed.
            if (choice != Choice.Approve && uint8(word >> 80) == _quorum(uint8(word >> 72))) revert QuorumReached(id);
            word -= 1 << 80;
        }
        return choice == Choice.Approve ? word + (1 << 80) : word;
    }

    /// @dev More than half; nobody's where nobody was named.
    function _quorum(uint256 count) private pure returns (uint256) {
        return count == 0 ? 0 : count / 2 + 1;
    }
}
