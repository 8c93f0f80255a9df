"""The texts that most bodies have in common: deflate replaces each by a reference of two or three bytes.

A body can only be read with the dictionary that it was written with: never change it. Another dictionary is another
version of the body.
"""

DICTIONARY = (
    # Parents and labels of Rekognition: https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
    b"Accessories Adult Airplane Alloy Wheel Apparel Appliance Aquatic Architecture Art Automobile Backpack Baby Bag"
    b" Ball Baseball Beach Bear Bed Bench Beverage Bicycle Bird Boat Book Bottle Box Boy Bread Bridge Brunette Building"
    b" Bus Canine Car Cart Cat Cattle Cell Phone Chair Child City Clothing Coat Coffee Computer Computer Keyboard Couch"
    b" Countryside Cow Cup Dating Deer Desk Device Dining Table Dog Door Drink Electronics Elephant Face Female Fence"
    b" Field Finger Fish Flower Food Footwear Forest Fruit Furniture Garden Girl Glass Glasses Goat Golden Retriever"
    b" Grass Grassland Hair Handbag Happy Hat Head Helmet Home Decor Horse Hound House Human Hunting Indoors Interior"
    b" Design Jacket Jeans Kitchen Kitten Lady Lake Lamp Land Landscape Laptop Leaf Leisure Activities License Plate"
    b" Livestock Machine Male Mammal Man Manx Meal Meadow Monitor Mountain Mountain Range Nature Ocean Office Outdoors"
    b" Pants Park Path People Performer Person Pet Phone Photography Pig Plant Portrait Poultry Puppy Reptile Road Rock"
    b" Romantic Room Rug Rural Sand Scenery Screen Sea Sedan Sheep Shelter Shirt Shoe Shoreline Sitting Sky Skin Smile"
    b" Snow Soccer Solo Performance Sports Stairs Street Suit Summer Sun Sunlight Table Tabby Tent Terrier Text Tire"
    b" Toy Train Transportation Tree Triathlon Truck Urban Vegetation Vehicle Walking Water Weather Wheel Wildlife"
    b" Wilderness Window Woman Wood Wildcat Yard Teen"
    # Labels and versions of the bundled models, and sentences of rejections
    b'"early_blight","healthy","late_blight","horse","cow","sheep","goat","pig","chicken","unknown"'
    b'{"x":["damaged_image","unsupported_format","not_an_image","too_large","quota_exceeded","The image cannot be'
    b'"asked":"cascade","moderation","detector":"rekognition","model":"livestock","potato-leaf","top_k":5,'
    b'"min_confidence":0.5,"parents":[["Animal","Canine","Mammal","Pet"],["Person"],["Vehicle","Transportation"],[]'
    b'{"n":"DSC_0001.png","b":"apistack-images","v":"null","z":1,"f":"img_01","g":"rcg_01","t":2,"d":"'
    b'rekognition","m":["rekognition-labels","3.0"],"u":512,"l":["Animal","Mammal","Person","'
    b'{"n":"IMG_20261.jpeg","b":"apistack-images9bf4437c-","v":".jpg","z":240512,"d":"edge","m":["animals","2.0.0"],'
    b'"u":10,"w":[1632,1224],"l":["dog","cat"]}'
)
