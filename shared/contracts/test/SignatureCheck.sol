// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature, Signatures} from "../Signatures.sol";

/// @dev The contracts' one way to check a signature, for any digest: an act's own digest cannot be chosen.
contract SignatureCheck {
    function check(bytes32 digest, Signature calldata signature, address expected) external view {
        Signatures.check(digest, signature, expected);
    }
}
