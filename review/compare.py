"""When two spellings mean the same: `assistant.sameness`, under the name the rules know it by."""

from assistant.sameness import (
    CLEAR,
    Sameness,
    address_key,
    amount,
    chinese_number,
    day,
    mentions,
    misreading,
    name_key,
    numbers,
    plain,
    same_address,
    same_name,
    same_person,
)

__all__ = [
    "CLEAR",
    "Sameness",
    "address_key",
    "amount",
    "chinese_number",
    "day",
    "mentions",
    "misreading",
    "name_key",
    "numbers",
    "plain",
    "same_address",
    "same_name",
    "same_person",
]
