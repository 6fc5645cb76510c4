"""The names of this package, for type checkers and editors; written by `make pages`."""

from miaudit.targets.base import AnsweringTarget as AnsweringTarget
from miaudit.targets.base import Guess as Guess
from miaudit.targets.base import Target as Target
from miaudit.targets.base import at_least as at_least
from miaudit.targets.base import query as query
from miaudit.targets.base import query_rows as query_rows
from miaudit.targets.catboost_model import CatboostModel as CatboostModel
from miaudit.targets.custom import Custom as Custom
from miaudit.targets.estimator import Estimator as Estimator
from miaudit.targets.function import Function as Function
from miaudit.targets.http import Http as Http
from miaudit.targets.keras import Keras as Keras
from miaudit.targets.lightgbm_booster import LightgbmBooster as LightgbmBooster
from miaudit.targets.onnx import Onnx as Onnx
from miaudit.targets.predictions import Predictions as Predictions
from miaudit.targets.search import is_model as is_model
from miaudit.targets.search import kinds as kinds
from miaudit.targets.search import open_target as open_target
from miaudit.targets.search import target_of as target_of
from miaudit.targets.skops import Skops as Skops
from miaudit.targets.torch_export import TorchExport as TorchExport
from miaudit.targets.torch_module import TorchModule as TorchModule
from miaudit.targets.torch_script import TorchScript as TorchScript
from miaudit.targets.transformers import Transformers as Transformers
from miaudit.targets.with_signal import WithSignal as WithSignal
from miaudit.targets.xgboost_booster import XgboostBooster as XgboostBooster
