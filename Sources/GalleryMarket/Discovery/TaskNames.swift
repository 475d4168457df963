/// What tasks are called by people; cards and addresses carry their ids.
package enum TaskNames {
    private static let names: [String: (english: String, chinese: String)] = [
        "any-to-any": ("Any to any", "任意到任意"),
        "audio-classification": ("Audio classification", "音频分类"),
        "audio-text-to-text": ("Audio and text to text", "音频文本生成文本"),
        "audio-to-audio": ("Audio to audio", "音频到音频"),
        "automatic-speech-recognition": ("Speech recognition", "语音识别"),
        "depth-estimation": ("Depth estimation", "深度估计"),
        "document-question-answering": ("Document question answering", "文档问答"),
        "feature-extraction": ("Feature extraction", "特征提取"),
        "fill-mask": ("Fill mask", "掩码填空"),
        "graph-ml": ("Graph machine learning", "图机器学习"),
        "image-classification": ("Image classification", "图像分类"),
        "image-feature-extraction": ("Image feature extraction", "图像特征提取"),
        "image-segmentation": ("Image segmentation", "图像分割"),
        "image-text-to-text": ("Image and text to text", "图文生成文本"),
        "image-to-3d": ("Image to 3D", "图像生成三维"),
        "image-to-image": ("Image to image", "图像到图像"),
        "image-to-text": ("Image to text", "图像生成文本"),
        "image-to-video": ("Image to video", "图像生成视频"),
        "keypoint-detection": ("Keypoint detection", "关键点检测"),
        "mask-generation": ("Mask generation", "掩码生成"),
        "multiple-choice": ("Multiple choice", "多项选择"),
        "object-detection": ("Object detection", "目标检测"),
        "question-answering": ("Question answering", "问答"),
        "reinforcement-learning": ("Reinforcement learning", "强化学习"),
        "robotics": ("Robotics", "机器人"),
        "sentence-similarity": ("Sentence similarity", "句子相似度"),
        "summarization": ("Summarization", "文本摘要"),
        "table-question-answering": ("Table question answering", "表格问答"),
        "table-to-text": ("Table to text", "表格生成文本"),
        "tabular-classification": ("Tabular classification", "表格分类"),
        "tabular-regression": ("Tabular regression", "表格回归"),
        "text-classification": ("Text classification", "文本分类"),
        "text-generation": ("Text generation", "文本生成"),
        "text-ranking": ("Text ranking", "文本排序"),
        "text-retrieval": ("Text retrieval", "文本检索"),
        "text-to-3d": ("Text to 3D", "文本生成三维"),
        "text-to-audio": ("Text to audio", "文本生成音频"),
        "text-to-image": ("Text to image", "文本生成图像"),
        "text-to-speech": ("Text to speech", "语音合成"),
        "text-to-video": ("Text to video", "文本生成视频"),
        "text2text-generation": ("Text to text", "文本到文本生成"),
        "time-series-forecasting": ("Time series forecasting", "时间序列预测"),
        "token-classification": ("Token classification", "词元分类"),
        "translation": ("Translation", "翻译"),
        "unconditional-image-generation": ("Unconditional image generation", "无条件图像生成"),
        "video-classification": ("Video classification", "视频分类"),
        "video-text-to-text": ("Video and text to text", "视频文本生成文本"),
        "visual-document-retrieval": ("Visual document retrieval", "视觉文档检索"),
        "visual-question-answering": ("Visual question answering", "视觉问答"),
        "voice-activity-detection": ("Voice activity detection", "语音活动检测"),
        "zero-shot-classification": ("Zero-shot classification", "零样本分类"),
        "zero-shot-image-classification": ("Zero-shot image classification", "零样本图像分类"),
        "zero-shot-object-detection": ("Zero-shot object detection", "零样本目标检测"),
    ]

    /// A task that is offered: what cards say, and what it is called.
    package struct Choice: Sendable {
        package let value: String
        package let text: String
    }

    /// All of them, by what they are called.
    package static func choices(isChinese: Bool) -> [Choice] {
        names.map { Choice(value: $0.key, text: isChinese ? $0.value.chinese : $0.value.english) }
            .sorted { $0.text < $1.text }
    }

    /// The id of a task that somebody calls by its name; anything else as it is.
    static func id(named text: String) -> String {
        let wanted = text.lowercased()
        return names.first { $0.value.english.lowercased() == wanted || $0.value.chinese == text }?.key ?? text
    }

    /// Nil for a task nobody has translated.
    static func chinese(_ id: String) -> String? { names[id]?.chinese }

    /// What a task is called; its id where it has no name.
    package static func name(of id: String, isChinese: Bool) -> String {
        guard let name = names[id] else { return id }
        return isChinese ? name.chinese : name.english
    }
}
