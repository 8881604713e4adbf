// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One deposit's life, with three supporters, for the compiler's model checker
/// @dev Attestations.sol, Records.sol, Disputes.sol and Credits.sol reduced to one deposit, with the same checks in the same
/// order; a signature is an unknown that is good or not.
contract AttestationsModel {
    uint256 private constant QUORUM = 2;

    uint64 private immutable VOTING_UNTIL;

    bool private _opened;
    bool private _accepted;
    bool private _first;
    bool private _second;
    bool private _third;
    uint8 private _approvals;
    bool private _disputed;
    bool private _upheld;
    bool private _dismissed;
    uint8 private _points;
    bool private _clawedBack;

    // What the ledger's readers remember, to be held against it.
    bool private _wasConfirmed;
    uint256 private _earned;
    uint256 private _takenBack;

    constructor(uint64 votingUntil) {
        VOTING_UNTIL = votingUntil;
    }

    function open(bool isSigned, bool accredited) external {
        require(!_opened && VOTING_UNTIL > block.timestamp && isSigned && accredited);
        _opened = true;
    }

    function accept(bool signedByBoth, bool accredited) external {
        require(!_accepted && signedByBoth && accredited);
        _accepted = true;
    }

    function vote(uint8 voter, bool approves, bool isSigned, bool accredited) external {
        require(_opened && block.timestamp < VOTING_UNTIL && voter < 3 && isSigned && accredited);
        bool former = voter == 0 ? _first : (voter == 1 ? _second : _third);
        if (former) {
            require(approves || _approvals != QUORUM);
            _approvals -= 1;
        }
        if (approves) _approvals += 1;
        if (voter == 0) _first = approves;
        else if (voter == 1) _second = approves;
        else _third = approves;
        if (confirmed()) _wasConfirmed = true;
    }

    function dispute(bool isSigned) external {
        require(!_disputed && isSigned);
        _disputed = true;
    }

    function resolve(bool adjudicator, bool upheld) external {
        require(adjudicator && _disputed && !_upheld && !_dismissed);
        (_upheld, _dismissed) = (upheld, !upheld);
    }

    function claim(bool appraised, bool accredited) external {
        require(accredited && confirmed());
        require(!_disputed || _dismissed);
        uint8 due = appraised ? 2 : 1;
        require(due > _points && !_clawedBack);
        _earned += due - _points;
        _points = due;
        _wasConfirmed = true;
    }

    function clawBack() external {
        require(_points != 0 && _upheld);
        _takenBack += _points;
        (_points, _clawedBack) = (0, true);
    }

    /// @dev Confirmed implies quorum and the patient's approval.
    function confirmedByQuorumAndPatient() external view {
        if (!confirmed()) return;
        assert(_accepted);
        assert((_first && _second) || (_second && _third) || (_first && _third));
    }

    /// @dev The count is that of the votes.
    function countedRight() external view {
        assert(_approvals == (_first ? 1 : 0) + (_second ? 1 : 0) + (_third ? 1 : 0));
    }

    /// @dev Confirmed stays confirmed.
    function confirmedForGood() external view {
        if (_wasConfirmed) assert(confirmed());
    }

    /// @dev Credits never exceed what was earned, nor two points; what was taken back is not earned again.
    function creditsAreEarned() external view {
        assert(_points <= 2 && _earned <= 2);
        assert(_points + _takenBack == _earned);
        if (_points > 0) assert(_wasConfirmed);
        if (_clawedBack) assert(_points == 0);
    }

    function confirmed() public view returns (bool) {
        return _opened && _accepted && _approvals >= QUORUM;
    }
}
