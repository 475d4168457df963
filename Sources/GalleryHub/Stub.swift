import Hummingbird
import Mustache
import AsyncHTTPClient
import Yams
