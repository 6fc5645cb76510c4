"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.datasets.adult import Adult as Adult
from miaudit.datasets.base import About as About
from miaudit.datasets.base import Dataset as Dataset
from miaudit.datasets.base import DatasetSource as DatasetSource
from miaudit.datasets.base import is_on_disk as is_on_disk
from miaudit.datasets.base import size_on_disk as size_on_disk
from miaudit.datasets.cifar10 import Cifar10 as Cifar10
from miaudit.datasets.cifar100 import Cifar100 as Cifar100
from miaudit.datasets.cinic10 import Cinic10 as Cinic10
from miaudit.datasets.credit import Credit as Credit
from miaudit.datasets.digits import Digits as Digits
from miaudit.datasets.fashion_mnist import FashionMnist as FashionMnist
from miaudit.datasets.location30 import Location30 as Location30
from miaudit.datasets.mnist import Mnist as Mnist
from miaudit.datasets.purchase100 import Purchase100 as Purchase100
from miaudit.datasets.texas100 import Texas100 as Texas100
from miaudit.datasets.user_file import UserFile as UserFile
