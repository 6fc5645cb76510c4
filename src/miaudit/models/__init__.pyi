"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.models.alexnet import Alexnet as Alexnet
from miaudit.models.base import Answering as Answering
from miaudit.models.base import Architecture as Architecture
from miaudit.models.base import Outlined as Outlined
from miaudit.models.base import at_rest as at_rest
from miaudit.models.base import device_of as device_of
from miaudit.models.base import gives_tensor as gives_tensor
from miaudit.models.base import in_type_of as in_type_of
from miaudit.models.base import may_stack as may_stack
from miaudit.models.base import precision_of as precision_of
from miaudit.models.base import predict as predict
from miaudit.models.base import said_about as said_about
from miaudit.models.base import tensor_of as tensor_of
from miaudit.models.base import to_array as to_array
from miaudit.models.densenet import Densenet as Densenet
from miaudit.models.lenet5 import Lenet5 as Lenet5
from miaudit.models.mlp import Mlp as Mlp
from miaudit.models.resnet import Resnet as Resnet
from miaudit.models.small_cnn import SmallCnn as SmallCnn
from miaudit.models.smallnet import Smallnet as Smallnet
from miaudit.models.vgg16 import Vgg16 as Vgg16
from miaudit.models.wide_resnet import WideResnet as WideResnet
