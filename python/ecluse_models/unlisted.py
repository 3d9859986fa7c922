"""The estimators of scikit-learn that no model may hold, by the rule that each breaks.

A test holds these and the list of contents.py together against all that scikit-learn has.
"""

from sklearn.base import BaseEstimator

UNLISTED = {
    "C follows the indices that it stores without checking them; export the model to ONNX": (
        "BernoulliRBM IsolationForest KernelDensity LocalOutlierFactor NearestNeighbors NuSVC NuSVR "
        "OneClassSVM RadiusNeighborsClassifier RadiusNeighborsRegressor RadiusNeighborsTransformer "
        "KNeighborsTransformer RandomTreesEmbedding SVC SVR SparseRandomProjection SplineTransformer"
    ),
    "it searches while it is fitted; let it be the whole model, or the last step of a pipeline": (
        "FixedThresholdClassifier GridSearchCV RandomizedSearchCV TunedThresholdClassifierCV"
    ),
    "it groups rows, or says which are unusual, and predicts no target": (
        "AffinityPropagation AgglomerativeClustering BayesianGaussianMixture Birch BisectingKMeans DBSCAN "
        "EllipticEnvelope EmpiricalCovariance FeatureAgglomeration GaussianMixture GraphicalLasso "
        "GraphicalLassoCV HDBSCAN KMeans LedoitWolf MeanShift MinCovDet MiniBatchKMeans OAS OPTICS "
        "SGDOneClassSVM ShrunkCovariance SpectralBiclustering SpectralClustering SpectralCoclustering"
    ),
    "it gives more than one number per row": (
        "CCA ClassifierChain MultiLabelBinarizer MultiOutputClassifier MultiOutputRegressor "
        "MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV OneVsOneClassifier "
        "OneVsRestClassifier OutputCodeClassifier PLSCanonical PLSRegression PLSSVD RegressorChain"
    ),
    "it places the rows that it was fitted on, and no others": (
        "ClassicalMDS Isomap LocallyLinearEmbedding MDS SpectralEmbedding TSNE"
    ),
    "its rows are no table of numbers and texts": "DictVectorizer FeatureHasher PatchExtractor",
    "it has no probability; use LogisticRegression": "PassiveAggressiveClassifier Perceptron",
    "nobody has checked yet what it stores; export the model to ONNX": (
        "DictionaryLearning FrozenEstimator GaussianProcessClassifier GaussianProcessRegressor "
        "IsotonicRegression KernelCenterer KernelPCA LabelPropagation LabelSpreading "
        "MiniBatchDictionaryLearning MiniBatchNMF MiniBatchSparsePCA NeighborhoodComponentsAnalysis "
        "PolynomialCountSketch SelfTrainingClassifier SparseCoder SparsePCA"
    ),
}
_REASONS = {name: reason for reason, names in UNLISTED.items() for name in names.split()}


def reason_of(value: object) -> str | None:
    """Why no model may hold this estimator of scikit-learn; None for anything else."""
    ours = isinstance(value, BaseEstimator) and type(value).__module__.startswith("sklearn.")
    return _REASONS.get(type(value).__name__) if ours else None
