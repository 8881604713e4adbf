// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One grant's life, for the compiler's model checker
/// @dev Consents.sol and Delegations.sol reduced to one patient, one grant and one delegation, with the same checks in the
/// same order; a signature is an unknown that is good or not. `prove.ts` proves every assertion for any number of acts.
contract ConsentsModel {
    enum Role {
        None,
        Watch,
        Decide,
        RevokeOnly
    }

    uint64 private immutable NOT_BEFORE;
    uint64 private immutable NOT_AFTER;
    uint256 private immutable DEADLINE;
    Role private immutable ROLE;
    uint64 private immutable FROM;
    uint64 private immutable UNTIL;

    uint64 private _grantedAt;
    uint64 private _revokedAt;
    bool private _delegated;
    bool private _delegationRevoked;

    // What the ledger's readers remember, to be held against it.
    uint256 private _grants;
    uint256 private _revocations;
    bool private _byPatient;
    bool private _byLiveDelegate;
    bool private _accreditedThen;

    constructor(uint64 notBefore, uint64 notAfter, uint256 deadline, Role role, uint64 from, uint64 until) {
        (NOT_BEFORE, NOT_AFTER, DEADLINE, ROLE, FROM, UNTIL) = (notBefore, notAfter, deadline, role, from, until);
    }

    function grant(bool signedByPatient, bool accredited) external {
        _grant(signedByPatient, accredited);
        _byPatient = true;
    }

    function grantFor(bool signedByDelegate, bool accredited) external {
        require(_isLive() && ROLE == Role.Decide);
        require(NOT_AFTER <= UNTIL);
        _grant(signedByDelegate, accredited);
        _byLiveDelegate = _delegated && !_delegationRevoked && FROM <= block.timestamp && block.timestamp < UNTIL;
    }

    function revoke(bool signedByPatient) external {
        _revoke(signedByPatient);
    }

    function revokeFor(bool signedByDelegate) external {
        require(_isLive() && ROLE != Role.Watch);
        _revoke(signedByDelegate);
    }

    function delegate(bool signedByPatient) external {
        require(ROLE != Role.None && FROM < UNTIL && block.timestamp < UNTIL);
        require(!_delegationRevoked && !_delegated);
        require(signedByPatient);
        _delegated = true;
    }

    function revokeDelegation(bool signedByPatient) external {
        require(!_delegationRevoked);
        require(signedByPatient);
        _delegationRevoked = true;
    }

    /// @dev No grant is active after revocation or expiry, or before its start.
    function activeOnlyInItsTime() external view {
        if (!isActive()) return;
        assert(_revocations == 0);
        assert(NOT_BEFORE <= block.timestamp);
        assert(block.timestamp < NOT_AFTER);
    }

    /// @dev Nobody but the patient or a live delegate widens access.
    function openedByWhoMay() external view {
        if (_grantedAt != 0) assert(_byPatient || _byLiveDelegate);
    }

    /// @dev The digest is the nonce: a grant is given at most once, and revoked at most once.
    function usedOnce() external view {
        assert(_grants <= 1);
        assert(_revocations <= 1);
    }

    /// @dev A suspended organization gains nothing new.
    function gainedWhileAccredited() external view {
        if (_grantedAt != 0) assert(_accreditedThen);
    }

    /// @dev A grant revoked before anyone submitted it stays shut.
    function revokedForGood() external view {
        if (_revocations > 0) assert(!isActive());
    }

    function isActive() public view returns (bool) {
        return
            _grantedAt != 0 && _revokedAt == 0 && NOT_BEFORE <= block.timestamp && block.timestamp < NOT_AFTER;
    }

    function _grant(bool isSigned, bool accredited) private {
        require(block.timestamp <= DEADLINE);
        require(NOT_BEFORE < NOT_AFTER && NOT_AFTER > block.timestamp);
        require(_grantedAt == 0 && _revokedAt == 0);
        require(isSigned);
        require(accredited);
        _grantedAt = _now();
        _grants += 1;
        _accreditedThen = accredited;
    }

    function _revoke(bool isSigned) private {
        require(_revokedAt == 0);
        require(isSigned);
        _revokedAt = _now();
        _revocations += 1;
    }

    function _isLive() private view returns (bool) {
        return _delegated && !_delegationRevoked && FROM <= block.timestamp && block.timestamp < UNTIL;
    }

    /// @dev A clock that stands in this century.
    function _now() private view returns (uint64) {
        require(block.timestamp > 0 && block.timestamp < type(uint64).max);
        return uint64(block.timestamp);
    }
}
