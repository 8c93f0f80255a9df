"""A fixed sample of a detector's labels, with names, parents, boxes and digits as DetectLabels returns them."""

import struct
from random import Random
from typing import Any

_NAMES = """Dog|Animal,Mammal,Pet,Canine
Pet|Animal,Mammal
Canine|Animal,Mammal
Mammal|Animal
Animal|
Golden Retriever|Animal,Mammal,Pet,Canine,Dog
Puppy|Animal,Mammal,Pet,Canine,Dog
Grass|Plant
Plant|
Outdoors|
Nature|Outdoors
Person|
Adult|Person
Female|Person
Woman|Person,Adult,Female
Man|Person,Adult,Male
Male|Person
Child|Person
Boy|Person,Child,Male
Face|Person,Head
Head|Person
Happy|Person,Head,Face
Smile|Person,Head,Face,Happy
Photography|
Portrait|Person,Head,Face,Photography
Clothing|
Footwear|Clothing
Shoe|Clothing,Footwear
Sneaker|Clothing,Footwear,Shoe
Hat|Clothing
Sun Hat|Clothing,Hat
Coat|Clothing
Jacket|Clothing,Coat
Jeans|Clothing,Pants
Pants|Clothing
T-Shirt|Clothing
Glove|Clothing
Backpack|Bag
Bag|
Handbag|Accessories,Bag
Accessories|
Sunglasses|Accessories,Glasses
Glasses|Accessories
Tree|Plant
Tree Trunk|Plant,Tree
Flower|Plant
Vegetation|Plant
Leaf|Plant
Lawn|Plant,Grass
Garden|Nature,Outdoors
Park|Plant,Nature,Outdoors
Field|Nature,Outdoors
Grassland|Field,Nature,Outdoors
Meadow|Field,Grassland,Nature,Outdoors
Countryside|Nature,Outdoors
Rural|Nature,Outdoors,Countryside
Farm|Nature,Outdoors,Countryside,Rural
Pasture|Nature,Outdoors,Countryside,Rural,Farm
Ranch|Nature,Outdoors,Countryside,Rural,Farm
Barn|Architecture,Building,Rural,Farm
Architecture|
Building|Architecture
House|Architecture,Building,Housing
Housing|Architecture,Building
Villa|Architecture,Building,Housing,House
Fence|
Gate|
Bench|Furniture
Furniture|
Chair|Furniture
Table|Furniture
Path|
Road|
Walkway|Path
Sidewalk|City,Path
City|
Urban|City
Street|City,Road,Urban
Vehicle|Transportation
Transportation|
Car|Transportation,Vehicle
Truck|Transportation,Vehicle
Bicycle|Transportation,Vehicle
Wheel|Machine
Machine|
Spoke|Machine,Wheel
Sky|Nature,Outdoors
Cloud|Nature,Outdoors,Sky
Cumulus|Nature,Outdoors,Sky,Cloud
Weather|
Water|
Lake|Nature,Outdoors,Water
Pond|Nature,Outdoors,Water
Soil|
Ground|Soil
Rock|
Ball|Sport
Sport|
Tennis Ball|Sport,Ball,Tennis
Toy|"""
_BOXED = 4
"""Each fourth label has an instance with a box."""
_SUREST, _LEAST_SURE = 99.0, 10.0
"""The labels' confidences in percent lie evenly between these: 10 is the least that the app asks DetectLabels for."""


def response(labels: int) -> dict[str, Any]:
    """Return DetectLabels's response with the first so many labels of the sample, the same on every call."""
    chance, step = Random(labels), (_SUREST - _LEAST_SURE) / max(labels - 1, 1)
    lines = [line.partition("|") for line in _NAMES.splitlines()[:labels]]
    found = [_label(name, parents, _SUREST - n * step, chance) for n, (name, _, parents) in enumerate(lines)]
    for n, label in enumerate(found):
        if n % _BOXED == 0:
            box = {side: _digits(chance.uniform(0.05, 0.45)) for side in ("Left", "Top", "Width", "Height")}
            label["Instances"] = [{"BoundingBox": box, "Confidence": label["Confidence"]}]
    return {"LabelModelVersion": "3.0", "Labels": found}


def detections(labels: int) -> list[dict[str, Any]]:
    """Return the edge function's detections with the first so many labels of the sample, none of them with a box."""
    found = response(labels)["Labels"]
    return [{"label": one["Name"].lower(), "confidence": round(one["Confidence"] / 100, 4)} for one in found]


def _label(name: str, parents: str, percent: float, chance: Random) -> dict[str, Any]:
    confidence = _digits(max(_LEAST_SURE, percent - chance.random()))
    named = [{"Name": parent} for parent in parents.split(",") if parent]
    return {"Name": name, "Confidence": confidence, "Instances": [], "Parents": named}


def _digits(value: float) -> float:
    """Return a number with the digits of a 32-bit one, as Rekognition's are."""
    number: float = struct.unpack("f", struct.pack("f", value))[0]
    return number
