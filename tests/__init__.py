from tests import storages as storages  # first: it says what is opened
